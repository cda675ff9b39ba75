package io.github.prosodyoci.rootfs.apk;

import io.github.prosodyoci.archive.TarEntry;
import io.github.prosodyoci.rootfs.RootfsException;
import io.github.prosodyoci.rootfs.RootfsException.Code;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/** Lays files down below a folder, as an ordinary user. */
final class Extractor implements Apk.Visitor {

  private final Path root;
  private final String where;

  Extractor(Path root, String where) {
    this.root = root;
    this.where = where;
  }

  @Override
  public void visit(TarEntry entry, String checksum, InputStream content) throws IOException {
    Path target = inside(entry.path());
    switch (entry.type()) {
      case DIRECTORY -> {
        if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
          Files.createDirectories(target);
        }
      }
      case FILE -> {
        Files.deleteIfExists(target);
        Files.copy(content, target);
        Files.setPosixFilePermissions(target, permissions(entry.mode()));
        Files.setLastModifiedTime(target, FileTime.fromMillis(entry.mtime() * 1000));
      }
      case SYMLINK -> {
        Files.deleteIfExists(target);
        Files.createSymbolicLink(target, Path.of(entry.link()));
      }
      case HARDLINK -> {
        Files.deleteIfExists(target);
        Files.createLink(target, inside(entry.link()));
      }
      default -> {
        // Devices and pipes are of no use in a sysroot.
      }
    }
  }

  /** Returns the place of a path, all of whose parent folders are real folders below the root. */
  private Path inside(String path) throws IOException {
    Path place = root;
    String[] parts = path.split("/", -1);
    Files.createDirectories(root);
    for (int i = 0; i < parts.length - 1; i++) {
      place = place.resolve(parts[i]);
      if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
        throw new RootfsException(
            Code.TAR_ESCAPE,
            "Could not lay down "
                + path
                + " of "
                + where
                + ": "
                + place
                + " is no folder. Two packages disagree about it; use only one of them.");
      }
    }
    return place.resolve(parts[parts.length - 1]);
  }

  private static Set<PosixFilePermission> permissions(int mode) {
    Set<PosixFilePermission> permissions =
        EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    PosixFilePermission[] all = PosixFilePermission.values();
    for (int i = 0; i < all.length; i++) {
      if ((mode & (0400 >> i)) != 0) {
        permissions.add(all[i]);
      }
    }
    return permissions;
  }
}
