package io.github.prosodyoci.compile.split;

import io.github.prosodyoci.compile.elf.ElfFile;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Something that a build installed.
 *
 * @param path relative to the root, as in {@code usr/bin/lua5.4}
 * @param file where it is now
 * @param kind what it is
 * @param executable whether the owner of a file may execute it
 * @param link the target of a symbolic link; empty for other kinds
 * @param elf what its ELF headers say, if it has any
 */
public record InstalledFile(
    String path, Path file, Kind kind, boolean executable, String link, Optional<ElfFile> elf) {

  /** The kinds of installed files. */
  public enum Kind {
    /** A regular file. */
    FILE,
    /** A symbolic link. */
    SYMLINK,
    /** An empty folder. */
    EMPTY_FOLDER
  }

  /** Returns the last part of the path. */
  public String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Returns the folder that contains it; empty for the root. */
  public String folder() {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }
}
