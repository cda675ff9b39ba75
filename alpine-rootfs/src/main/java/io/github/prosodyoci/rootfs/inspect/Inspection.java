package io.github.prosodyoci.rootfs.inspect;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.rootfs.RootfsCode;
import io.github.prosodyoci.rootfs.inspect.ImageFiles.Item;
import io.github.prosodyoci.rootfs.inspect.InstalledDatabase.Entry;
import io.github.prosodyoci.rootfs.inspect.InstalledDatabase.Facts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is installed in an image, and what was changed since.
 *
 * @param packages the packages, in the order of the database
 * @param changes what is not as its package brought it, sorted by path
 * @param unowned files and links that no package brought, sorted
 */
public record Inspection(List<Installed> packages, List<Change> changes, List<String> unowned) {

  /** What became of a file or folder. */
  public enum Kind {
    /** It is not there, or not of its kind. */
    MISSING,
    /** Its content or link target is another one. */
    CONTENT,
    /** Its owner, group or mode is another one. */
    OWNER_OR_MODE
  }

  /**
   * A package.
   *
   * @param name its name
   * @param version its version
   * @param architecture Alpine's name of it
   * @param license an SPDX expression
   * @param origin the package whose recipe built it
   * @param identity the checksum of its control part, {@code Q1…}
   * @param files how many files it owns
   */
  public record Installed(
      String name,
      String version,
      String architecture,
      String license,
      String origin,
      String identity,
      int files) {}

  /**
   * Something that was changed.
   *
   * @param kind what became of it
   * @param path its path
   * @param owner the package that brought it
   */
  public record Change(Kind kind, String path, String owner) {}

  /** Copies the lists. */
  public Inspection {
    packages = List.copyOf(packages);
    changes = List.copyOf(changes);
    unowned = List.copyOf(unowned);
  }

  /**
   * Inspects an image, which need not be ours.
   *
   * @param image an OCI layout as a folder or tar, or a root file system as a folder or tar; tars
   *     may be packed with gzip
   * @param platform whose image is taken, where there are several
   * @throws IOException if it cannot be read
   * @throws FailureException if it is none, or has no packages ({@code database}); or if an archive
   *     in it is damaged
   */
  public static Inspection of(Path image, Platform platform) throws IOException {
    if (!Files.exists(image)) {
      throw Failure.of(RootfsCode.DATABASE, "inspect", image.toString(), "there is no such file")
          .advising("Correct -Dprosodyoci.inspect=.")
          .toException();
    }
    ImageFiles files = new ImageArchives(image, platform).read(path -> false);
    byte[] database =
        files
            .database()
            .orElseThrow(
                () ->
                    Failure.of(
                            RootfsCode.DATABASE,
                            "inspect",
                            image.toString(),
                            "there is no " + String.join(" and no ", ImageFiles.DATABASES))
                        .expecting("a file system with packages of apk")
                        .toException());
    return of(files, InstalledDatabase.parse(database, "the database in " + image));
  }

  private static Inspection of(ImageFiles files, InstalledDatabase database) {
    List<Installed> packages = new ArrayList<>();
    List<Change> changes = new ArrayList<>();
    Set<String> owned = new HashSet<>();
    for (Entry each : database.packages()) {
      String name = each.field('P') + "-" + each.field('V');
      packages.add(
          new Installed(
              each.field('P'),
              each.field('V'),
              each.field('A'),
              each.field('L'),
              each.field('o'),
              each.field('C'),
              each.files().size()));
      each.files()
          .forEach(
              (path, facts) -> {
                owned.add(path);
                files.place(path).ifPresent(owned::add);
                compare(files, path, facts, name, changes);
              });
      each.folders()
          .keySet()
          .forEach(
              path -> {
                if (!path.isEmpty() && files.find(path).isEmpty()) {
                  changes.add(new Change(Kind.MISSING, path, name));
                }
              });
    }
    changes.sort(
        (a, b) ->
            a.path().equals(b.path())
                ? a.kind().compareTo(b.kind())
                : a.path().compareTo(b.path()));
    return new Inspection(packages, changes, unowned(files, owned));
  }

  private static void compare(
      ImageFiles files, String path, Facts facts, String owner, List<Change> changes) {
    Item item = files.find(path).orElse(null);
    if (item == null || item.entry().type() == TarEntry.Type.DIRECTORY) {
      changes.add(new Change(Kind.MISSING, path, owner));
      return;
    }
    TarEntry entry = item.entry();
    if (facts.checksum().isPresent() && !facts.checksum().get().equals(item.checksum())) {
      changes.add(new Change(Kind.CONTENT, path, owner));
    }
    boolean link = entry.type() == TarEntry.Type.SYMLINK;
    if (entry.uid() != facts.uid()
        || entry.gid() != facts.gid()
        || (!link && entry.mode() != facts.mode())) {
      changes.add(new Change(Kind.OWNER_OR_MODE, path, owner));
    }
  }

  /** Returns what nobody brought; of the database itself nothing is said. */
  private static List<String> unowned(ImageFiles files, Set<String> owned) {
    return files.items().entrySet().stream()
        .filter(each -> each.getValue().entry().type() != TarEntry.Type.DIRECTORY)
        .map(Map.Entry::getKey)
        .filter(path -> !owned.contains(path))
        .filter(path -> !path.contains("lib/apk/db/") && !path.startsWith("etc/apk/"))
        .toList();
  }
}
