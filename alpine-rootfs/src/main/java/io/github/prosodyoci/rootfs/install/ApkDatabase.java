package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarWriter;
import io.github.prosodyoci.packages.apk.Checksums;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.PackageFile;
import io.github.prosodyoci.packages.apk.ScriptType;
import io.github.prosodyoci.packages.index.IndexFields;
import io.github.prosodyoci.rootfs.install.InstalledPackage.OwnedFolder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files in which apk 2.14 keeps what is installed, so that {@code apk info}, {@code apk verify}
 * and {@code apk add} work in the image.
 */
final class ApkDatabase {

  /** Apk sorts names without regard to case. */
  private static final Comparator<String> ORDER =
      String.CASE_INSENSITIVE_ORDER.thenComparing(Comparator.naturalOrder());

  static final String FOLDER = "lib/apk/db";

  private final Collection<InstalledPackage> packages;
  private final List<BasePackage> staying;
  private final Optional<BaseRoot> base;

  /**
   * Creates a database.
   *
   * @param packages in the order in which they were installed
   */
  ApkDatabase(Collection<InstalledPackage> packages) {
    this(packages, List.of(), Optional.empty());
  }

  /**
   * Creates a database of packages beside those of a base image.
   *
   * @param packages in the order in which they were installed
   * @param staying the packages of the base image that stay
   */
  ApkDatabase(
      Collection<InstalledPackage> packages, List<BasePackage> staying, Optional<BaseRoot> base) {
    this.packages = packages;
    this.staying = staying;
    this.base = base;
  }

  /**
   * Returns its files.
   *
   * @param world what was asked for
   * @param architecture Alpine's name of it
   * @param mtime the time that they carry
   * @throws IOException never, as all is in memory
   */
  List<PackageFile> files(Collection<Dependency> world, String architecture, long mtime)
      throws IOException {
    String worldText =
        world.stream()
            .sorted(Comparator.comparing(Dependency::name, ORDER))
            .map(entry -> entry + "\n")
            .distinct()
            .reduce("", String::concat);
    List<PackageFile> files = new ArrayList<>();
    String folder = base.map(BaseRoot::database).orElse(FOLDER);
    files.add(file(BaseRoot.ARCH, mtime, (architecture + "\n").getBytes(StandardCharsets.UTF_8)));
    files.add(file(BaseRoot.WORLD, mtime, worldText.getBytes(StandardCharsets.UTF_8)));
    files.add(file(folder + "/installed", mtime, installed()));
    if (base.isEmpty() || scriptsChanged()) {
      files.add(file(folder + "/scripts.tar", mtime, scripts(mtime)));
    }
    files.add(file(folder + "/triggers", mtime, triggers()));
    return files;
  }

  private static PackageFile file(String path, long mtime, byte[] content) {
    return PackageFile.of(TarEntry.file(path, 0644, content.length, mtime), content);
  }

  private byte[] installed() {
    StringBuilder text = new StringBuilder();
    StringBuilder pending = new StringBuilder();
    Stream.<Owner>concat(packages.stream(), staying.stream())
        .sorted(Comparator.comparing(each -> each.info().name(), ORDER))
        .forEach(
            each -> {
              if (each instanceof BasePackage before) {
                append(text, pending, before.text());
              } else if (each instanceof InstalledPackage added) {
                append(text, pending, added);
              }
            });
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Appends a record of the base, with the lines that wait for the next folder. */
  private static void append(StringBuilder text, StringBuilder pending, String record) {
    int folder = record.indexOf("\nF:") + 1;
    if (folder > 0) {
      text.append(record, 0, folder).append(pending);
      pending.setLength(0);
    }
    text.append(record, folder, record.length());
  }

  /**
   * Appends a package.
   *
   * @param pending lines that apk 2.14 writes with the next folder only: those of a package without
   *     folders stand with the package after it
   */
  private static void append(StringBuilder text, StringBuilder pending, InstalledPackage each) {
    IndexFields.write(text, each.entry());
    String replaced = each.replaced();
    if (!replaced.isEmpty()) {
      pending.append("r:").append(replaced).append('\n');
    }
    if (each.info().replacesPriority() != 0) {
      pending.append("q:").append(each.info().replacesPriority()).append('\n');
    }
    if (!each.tag().isEmpty()) {
      pending.append("s:").append(each.tag()).append('\n');
    }
    for (OwnedFolder folder : each.folders()) {
      text.append(pending);
      pending.setLength(0);
      text.append("F:").append(folder.path()).append('\n');
      folder.header().ifPresent(header -> facts(text, 'M', header, 0755));
      folder
          .files()
          .forEach(
              (name, file) -> {
                text.append("R:").append(name).append('\n');
                facts(text, 'a', file.entry(), 0644);
                if (!file.checksum().isEmpty()) {
                  text.append("Z:").append(file.checksum()).append('\n');
                }
              });
    }
    text.append('\n');
  }

  /**
   * Appends owner, mode and the checksum of extended attributes, unless they are the usual ones.
   */
  private static void facts(StringBuilder text, char field, TarEntry entry, int usualMode) {
    String attributes = attributes(entry);
    if (entry.uid() == 0 && entry.gid() == 0 && entry.mode() == usualMode && attributes.isEmpty()) {
      return;
    }
    text.append(field)
        .append(':')
        .append(entry.uid())
        .append(':')
        .append(entry.gid())
        .append(':')
        .append(Integer.toOctalString(entry.mode()));
    if (!attributes.isEmpty()) {
      text.append(':').append(attributes);
    }
    text.append('\n');
  }

  /**
   * Returns the checksum of an entry's extended attributes: over the length and bytes of each name
   * and value, sorted by name; empty if it has none.
   */
  private static String attributes(TarEntry entry) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    entry
        .paxHeaders()
        .forEach(
            (key, value) -> {
              if (key.startsWith(TarEntry.ATTRIBUTE)) {
                append(
                    bytes,
                    key.substring(TarEntry.ATTRIBUTE.length()).getBytes(StandardCharsets.UTF_8));
                append(bytes, value.getBytes(StandardCharsets.ISO_8859_1));
              }
            });
    return bytes.size() == 0 ? "" : Checksums.q1(bytes.toByteArray());
  }

  private static void append(ByteArrayOutputStream bytes, byte[] part) {
    bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).array());
    bytes.writeBytes(part);
  }

  /** Returns whether the base has other scripts: its archive stays as it is if not. */
  private boolean scriptsChanged() {
    return packages.stream().anyMatch(each -> !each.apk().scripts().isEmpty())
        || !base.orElseThrow().scripts().keySet().stream().allMatch(this::isOfStaying);
  }

  private boolean isOfStaying(String script) {
    return staying.stream().anyMatch(each -> script.startsWith(each.scriptPrefix()));
  }

  private byte[] scripts(long mtime) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarWriter tar = new TarWriter(bytes)) {
      if (base.isPresent()) {
        for (Map.Entry<String, byte[]> script : base.get().scripts().entrySet()) {
          if (isOfStaying(script.getKey())) {
            tar.add(
                TarEntry.file(script.getKey(), 0755, script.getValue().length, mtime),
                script.getValue());
          }
        }
      }
      for (InstalledPackage each : packages) {
        for (Map.Entry<ScriptType, String> script : each.apk().scripts().entrySet()) {
          byte[] content = script.getValue().getBytes(StandardCharsets.UTF_8);
          String path =
              each.info().nameVersion() + "." + each.apk().identity() + "." + script.getKey();
          tar.add(TarEntry.file(path, 0755, content.length, mtime), content);
        }
      }
    }
    return bytes.toByteArray();
  }

  private byte[] triggers() {
    StringBuilder text = new StringBuilder();
    if (base.isPresent()) {
      for (String line : base.get().lines(base.get().database() + "/triggers")) {
        if (staying.stream().anyMatch(each -> line.startsWith(each.listed().field('C') + " "))) {
          text.append(line).append('\n');
        }
      }
    }
    for (InstalledPackage each : packages) {
      if (!each.info().triggers().isEmpty()) {
        text.append(each.apk().identity())
            .append(' ')
            .append(String.join(" ", each.info().triggers()))
            .append('\n');
      }
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
