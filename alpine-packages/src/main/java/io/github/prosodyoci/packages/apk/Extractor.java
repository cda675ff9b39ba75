package io.github.prosodyoci.packages.apk;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.archive.ArchiveCode;
import io.github.prosodyoci.core.archive.TarEntry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/**
 * Lays files down below a folder, as an ordinary user. No link is followed, whichever package it
 * came from; that holds as long as nobody else changes the folder meanwhile, so it must be closed
 * to other users.
 */
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
          if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw disagreement(entry.path(), target + " is not a folder");
          }
          Files.createDirectory(target);
        }
      }
      case FILE -> {
        makeWay(entry.path(), target);
        // Creates the file, and so follows no link; nor may what is done to it afterwards.
        Files.copy(content, target);
        PosixFileAttributeView facts =
            Files.getFileAttributeView(
                target, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        facts.setPermissions(permissions(entry.mode()));
        facts.setTimes(FileTime.fromMillis(entry.mtime() * 1000), null, null);
      }
      case SYMLINK -> {
        makeWay(entry.path(), target);
        Files.createSymbolicLink(target, Path.of(entry.link()));
      }
      case HARDLINK -> {
        Path existing = inside(entry.link());
        if (!Files.isRegularFile(existing, LinkOption.NOFOLLOW_LINKS)) {
          throw disagreement(entry.path(), existing + " is not a file");
        }
        makeWay(entry.path(), target);
        Files.createLink(target, existing);
      }
      default -> {
        // Devices and pipes are of no use in a sysroot.
      }
    }
  }

  /** Removes the file or link of another package. */
  private void makeWay(String path, Path target) throws IOException {
    try {
      Files.deleteIfExists(target);
    } catch (DirectoryNotEmptyException e) {
      throw disagreement(path, target + " is a folder");
    }
  }

  private FailureException disagreement(String path, String found) {
    return Failure.of(ArchiveCode.TAR_ESCAPE, "lay down", path + " of " + where, found)
        .advising("Two packages disagree about it; use only one of them.")
        .toException();
  }

  /** Returns the place of a path, all of whose parent folders are real folders below the root. */
  private Path inside(String path) throws IOException {
    Path place = root;
    String[] parts = path.split("/", -1);
    Files.createDirectories(root);
    for (int i = 0; i < parts.length - 1; i++) {
      place = place.resolve(parts[i]);
      if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
        throw disagreement(path, place + " is no folder");
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
