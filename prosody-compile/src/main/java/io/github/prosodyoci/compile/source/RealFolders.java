package io.github.prosodyoci.compile.source;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** The folders below a base that are reached without following a link. */
final class RealFolders {

  private final Path base;

  /** Folders known to be real; forgotten when something that may be a folder is removed. */
  private final Set<Path> known = new HashSet<>();

  /**
   * Starts with a base.
   *
   * @param base a real path
   */
  RealFolders(Path base) {
    this.base = base;
  }

  Path base() {
    return base;
  }

  /**
   * Makes a folder and those above it that are missing.
   *
   * @param folder a normalized path
   * @return whether it is now there, below the base, with no link in between
   */
  boolean make(Path folder) throws IOException {
    if (known.contains(folder) || folder.equals(base)) {
      return true;
    }
    Path parent = folder.getParent();
    if (!folder.startsWith(base) || parent == null || !make(parent)) {
      return false;
    }
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      try {
        Files.createDirectory(folder);
      } catch (FileAlreadyExistsException e) {
        return false;
      }
    }
    known.add(folder);
    return true;
  }

  /** Returns whether a normalized path is a folder below the base with no link in between. */
  boolean isReal(Path folder) {
    for (Path path = folder; path != null && path.startsWith(base); path = path.getParent()) {
      if (path.equals(base)) {
        return true;
      }
      if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        return false;
      }
    }
    return false;
  }

  /**
   * Removes a file, a link or an empty folder.
   *
   * @return whether nothing is there any more; false if it is a folder with something in it
   */
  boolean remove(Path path) throws IOException {
    known.remove(path);
    try {
      Files.deleteIfExists(path);
      return true;
    } catch (DirectoryNotEmptyException e) {
      return false;
    }
  }
}
