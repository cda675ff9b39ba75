package io.github.prosodyoci.image;

import java.nio.file.Path;

/** The paths that reports state. */
final class ReportPaths {

  private ReportPaths() {}

  /** Returns the folder of a file. */
  static Path folder(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw ImageCode.badParameter("archive", file, "the path of a file");
    }
    return folder;
  }

  /** Returns the path of a file relative to a folder, with slashes. */
  static String relative(Path folder, Path file) {
    return folder
        .relativize(file.toAbsolutePath().normalize())
        .toString()
        .replace(file.getFileSystem().getSeparator(), "/");
  }
}
