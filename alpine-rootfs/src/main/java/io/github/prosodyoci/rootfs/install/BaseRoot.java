package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.archive.EntryPath;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarReader;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.ScriptType;
import io.github.prosodyoci.rootfs.RootfsCode;
import io.github.prosodyoci.rootfs.inspect.ImageArchives;
import io.github.prosodyoci.rootfs.inspect.ImageFiles;
import io.github.prosodyoci.rootfs.inspect.InstalledDatabase;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The root file system that layers go on, and what apk has installed in it.
 *
 * @param files its files
 * @param database the folder of apk's database, relative to the root
 * @param packages its packages
 * @param scripts their scripts, by the names that they have in {@code scripts.tar}
 */
record BaseRoot(
    ImageFiles files, String database, List<BasePackage> packages, Map<String, byte[]> scripts) {

  static final String WORLD = "etc/apk/world";
  static final String ARCH = "etc/apk/arch";

  /**
   * Reads an image.
   *
   * @param image as {@link ImageArchives} reads it
   * @throws IOException if it cannot be read
   * @throws FailureException if it is none, or holds no packages ({@code database})
   */
  static BaseRoot read(Path image, Platform platform) throws IOException {
    ImageFiles files = new ImageArchives(image, platform).read(BaseRoot::isNeeded);
    String database =
        ImageFiles.DATABASES.stream()
            .filter(path -> files.content(path).isPresent())
            .findFirst()
            .map(EntryPath::parent)
            .orElseThrow(
                () ->
                    Failure.of(
                            RootfsCode.DATABASE,
                            "install packages on",
                            image.toString(),
                            "it has no database of packages")
                        .expecting(String.join(" or ", ImageFiles.DATABASES))
                        .toException());
    byte[] installed = files.content(database + "/installed").orElseThrow();
    return new BaseRoot(
        files,
        database,
        InstalledDatabase.parse(installed, "the database in " + image).packages().stream()
            .map(BasePackage::new)
            .toList(),
        scripts(files.content(database + "/scripts.tar").orElse(new byte[0]), image));
  }

  private static boolean isNeeded(String path) {
    return Accounts.isAccountFile(path)
        || CertificateFolder.isCertificate(path)
        || path.equals(WORLD)
        || path.equals(ARCH)
        || path.endsWith("lib/apk/db/scripts.tar")
        || path.endsWith("lib/apk/db/triggers");
  }

  private static Map<String, byte[]> scripts(byte[] tar, Path image) throws IOException {
    Map<String, byte[]> scripts = new LinkedHashMap<>();
    if (tar.length > 0) {
      TarReader reader =
          new TarReader(
              new ByteArrayInputStream(tar), "scripts.tar in " + image, TarReader.Dialect.SOURCE);
      for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
        scripts.put(entry.path(), reader.content().readAllBytes());
      }
    }
    return scripts;
  }

  /** Returns what was asked for so far. */
  List<Dependency> world() {
    return Dependency.parseAll(text(WORLD).replace('\n', ' '));
  }

  /** Returns the lines of a file whose content is kept; none if it is not there. */
  List<String> lines(String path) {
    return text(path).lines().filter(line -> !line.isBlank()).toList();
  }

  private String text(String path) {
    return new String(files.content(path).orElse(new byte[0]), StandardCharsets.UTF_8);
  }

  /** Returns the folders that a package's trigger watches; none if it has no trigger. */
  List<String> watched(BasePackage owner) {
    String start = owner.listed().field('C') + " ";
    return lines(database + "/triggers").stream()
        .filter(line -> line.startsWith(start))
        .flatMap(line -> Stream.of(line.substring(start.length()).split(" +", -1)))
        .toList();
  }

  /** Returns the package of a name; empty if it is not there. */
  Optional<BasePackage> find(String name) {
    return packages.stream().filter(each -> each.info().name().equals(name)).findFirst();
  }

  /** Returns a package's scripts. */
  Map<ScriptType, String> scripts(BasePackage owner) {
    Map<ScriptType, String> found = new HashMap<>();
    scripts.forEach(
        (name, content) -> {
          if (name.startsWith(owner.scriptPrefix())) {
            ScriptType.of(name.substring(owner.scriptPrefix().length()))
                .ifPresent(type -> found.put(type, new String(content, StandardCharsets.UTF_8)));
          }
        });
    return found;
  }

  /** Returns the layout that its links at the root make. */
  Layout layout() {
    List<String> links = new ArrayList<>();
    for (String name : Layout.USR_MERGED.links()) {
      if (Optional.ofNullable(files.items().get(name))
          .filter(item -> item.entry().type() == TarEntry.Type.SYMLINK)
          .isPresent()) {
        links.add(name);
      }
    }
    return links.size() == Layout.USR_MERGED.links().size()
        ? Layout.USR_MERGED
        : Layout.AS_PACKAGED;
  }
}
