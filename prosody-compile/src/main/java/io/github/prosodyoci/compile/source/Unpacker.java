package io.github.prosodyoci.compile.source;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Unpacks source archives: {@code .tar}, {@code .tar.gz}, {@code .tgz}, {@code .tar.bz2}, {@code
 * .tar.xz}, {@code .tar.zst} without their leading folder, and {@code .deb} as it is. Keeps the
 * times of files, since make decides by them.
 */
public final class Unpacker {

  private final String name;
  private final RealFolders folders;
  private final Path root;

  private Unpacker(String name, RealFolders folders, Path root) {
    this.name = name;
    this.folders = folders;
    this.root = root;
  }

  /** Returns whether a file of this name is unpacked; others are left as they are. */
  public static boolean isArchive(String name) {
    return name.endsWith(".deb") || name.matches(".*\\.(tar|tgz|tar\\.(gz|bz2|xz|zst))");
  }

  /**
   * Unpacks an archive below a folder. No link there is followed, neither to write a file nor to
   * set its time or mode.
   *
   * @param archive the archive's bytes; not closed
   * @param name its file name, which implies its format
   * @param base the folder that nothing is written outside of, which must exist
   * @param place where to unpack to, relative to {@code base}; created if it is missing
   * @throws FailureException if {@code place} or an entry leads out of {@code base} or through a
   *     link, or the archive is damaged or has more than one leading folder
   * @throws IOException if a file cannot be written
   */
  public static void unpack(InputStream archive, String name, Path base, Path place)
      throws IOException {
    RealFolders folders = new RealFolders(base.toRealPath());
    Path root = folders.base().resolve(place).normalize();
    Unpacker unpacker = new Unpacker(name, folders, root);
    if (!folders.make(root)) {
      throw unpacker.refused("a link or a file is in the way to its folder " + place);
    }
    unpacker.run(archive);
  }

  private void run(InputStream archive) throws IOException {
    InputStream file = new BufferedInputStream(archive, 1 << 16);
    if (!name.endsWith(".deb")) {
      InputStream content = new Compression(name).decompressed(file, name);
      tar(new TarReader(content, name, TarReader.Dialect.SOURCE), true);
      return;
    }
    tar(DebPackage.open(file, name).data(), false);
  }

  private FailureException refused(String found) {
    return Failure.of(CompileCode.SOURCE_ARCHIVE, "unpack", name, found).toException();
  }

  private record Times(Path folder, FileTime time) {}

  private void tar(TarReader tar, boolean strip) throws IOException {
    List<Times> times = new ArrayList<>();
    String leading = "";
    for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
      String path = entry.path();
      if (strip) {
        int slash = path.indexOf('/');
        String first = slash < 0 ? path : path.substring(0, slash);
        if ((slash < 0 && entry.type() != TarEntry.Type.DIRECTORY)
            || !(leading.isEmpty() || leading.equals(first))) {
          throw refused(
              "it has more than one leading folder: "
                  + (leading.isEmpty() ? "" : leading + " and ")
                  + path);
        }
        leading = first;
        if (slash < 0) {
          continue;
        }
        path = path.substring(slash + 1);
      }
      Path target = root.resolve(path);
      Path parent = target.getParent();
      if (parent == null || !folders.make(parent)) {
        throw escapes(entry);
      }
      FileTime time = FileTime.from(entry.mtime(), TimeUnit.SECONDS);
      if (entry.type() == TarEntry.Type.DIRECTORY) {
        if (!folders.make(target)) {
          throw escapes(entry);
        }
        times.add(new Times(target, time));
      } else {
        extract(tar, entry, target, strip ? leading + "/" : "", time);
      }
    }
    Collections.reverse(times);
    for (Times each : times) {
      // A later entry may have replaced it.
      if (folders.isReal(each.folder())) {
        attributes(each.folder()).setTimes(each.time(), null, null);
      }
    }
  }

  private void extract(TarReader tar, TarEntry entry, Path target, String prefix, FileTime time)
      throws IOException {
    if (!folders.remove(target)) {
      throw refused("an entry takes the place of a folder: " + entry.path());
    }
    switch (entry.type()) {
      case SYMLINK -> {
        Files.createSymbolicLink(target, Path.of(entry.link()));
        return;
      }
      case HARDLINK -> Files.copy(linked(entry, prefix), target);
      case FILE -> Files.copy(tar.content(), target);
      default -> throw refused("it contains a device or a pipe: " + entry.path());
    }
    attributes(target)
        .setPermissions(
            PosixFilePermissions.fromString(
                (entry.mode() & 0100) != 0 ? "rwxr-xr-x" : "rw-r--r--"));
    attributes(target).setTimes(time, null, null);
  }

  /** Returns the file that a hard link leads to. */
  private Path linked(TarEntry entry, String prefix) {
    String link = entry.link();
    Path file = root.resolve(link.startsWith(prefix) ? link.substring(prefix.length()) : link);
    Path parent = file.getParent();
    if (parent == null
        || !folders.isReal(parent)
        || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw escapes(entry);
    }
    return file;
  }

  /** Returns access to the times and mode of a file, never of one that a link leads to. */
  private static PosixFileAttributeView attributes(Path file) {
    return Files.getFileAttributeView(
        file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
  }

  private FailureException escapes(TarEntry entry) {
    return refused("an entry leads out of it: " + entry.path());
  }
}
