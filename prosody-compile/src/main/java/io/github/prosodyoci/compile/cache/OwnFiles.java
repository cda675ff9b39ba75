package io.github.prosodyoci.compile.cache;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Checks that only this user and root can have written a file. */
final class OwnFiles {

  /** Others may write. */
  static final int WRITABLE = 0022;

  /** Others may do anything at all. */
  static final int ACCESSIBLE = 0077;

  private static final int ROOT = 0;

  private final long user;

  /**
   * Returns the check for the user of this process, who may not have an account.
   *
   * @throws IOException if no temporary file can be created, whose owner is that user
   */
  static OwnFiles ofThisUser() throws IOException {
    Path probe = Files.createTempFile("owner", null);
    try {
      return new OwnFiles(((Integer) Files.getAttribute(probe, "unix:uid")).longValue());
    } finally {
      Files.delete(probe);
    }
  }

  OwnFiles(long user) {
    this.user = user;
  }

  /**
   * Returns why a folder must not be trusted, if so; a link is not a folder.
   *
   * @throws IOException if it does not exist or cannot be examined
   */
  Optional<String> objectionToFolder(Path folder) throws IOException {
    return objection(folder, "isDirectory", "a folder", WRITABLE);
  }

  /**
   * Returns why a file must not be trusted, if so; a link is not a file.
   *
   * @param forbidden the permission bits that it must not have
   * @throws IOException if it does not exist or cannot be examined
   */
  Optional<String> objectionToFile(Path file, int forbidden) throws IOException {
    return objection(file, "isRegularFile", "a regular file", forbidden);
  }

  private Optional<String> objection(Path path, String kind, String kindName, int forbidden)
      throws IOException {
    Map<String, Object> facts =
        Files.readAttributes(path, "unix:uid,mode," + kind, LinkOption.NOFOLLOW_LINKS);
    if (!(facts.get("uid") instanceof Integer owner)
        || !(facts.get("mode") instanceof Integer bits)) {
      throw new IOException("Could not examine " + path + ": its file system has no owners");
    }
    int mode = bits & 07777;
    if (!Boolean.TRUE.equals(facts.get(kind))) {
      return Optional.of(path + " is not " + kindName);
    }
    if (owner != ROOT && owner != user) {
      return Optional.of(
          path + " belongs to user " + owner + ", expected this user (" + user + ") or root");
    }
    if ((mode & forbidden) != 0) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "%s has mode %04o, expected %04o: other users could %s it",
              path,
              mode,
              mode & ~forbidden,
              forbidden == WRITABLE ? "change" : "read"));
    }
    return Optional.empty();
  }

  /** Creates a folder, and those above it, that only this user can write to. */
  static void makeFolder(Path folder, String permissions) throws IOException {
    Path parent = folder.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      try {
        Files.createDirectory(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
      } catch (FileAlreadyExistsException e) {
        // Another build has created it.
      }
    }
  }

  /** Removes write permission for everybody else. */
  static void close(Path path) throws IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
    permissions.remove(PosixFilePermission.GROUP_WRITE);
    permissions.remove(PosixFilePermission.OTHERS_WRITE);
    Files.setPosixFilePermissions(path, permissions);
  }
}
