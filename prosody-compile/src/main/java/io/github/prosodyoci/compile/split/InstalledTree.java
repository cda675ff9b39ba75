package io.github.prosodyoci.compile.split;

import io.github.prosodyoci.compile.elf.ElfReader;
import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Lists what a build installed. */
public final class InstalledTree {

  private InstalledTree() {}

  /**
   * Returns all files, links and empty folders below a folder, ordered by path.
   *
   * @throws io.github.prosodyoci.core.FailureException if there is a device, pipe or socket
   * @throws IOException if something cannot be read
   */
  public static List<InstalledFile> scan(Path root) throws IOException {
    List<InstalledFile> files = new ArrayList<>();
    scan(root, "", files);
    files.sort(Comparator.comparing(InstalledFile::path));
    return List.copyOf(files);
  }

  private static void scan(Path folder, String prefix, List<InstalledFile> files)
      throws IOException {
    for (Path file : Folders.list(folder)) {
      String path = prefix + file.getFileName();
      if (Files.isSymbolicLink(file)) {
        String link = Files.readSymbolicLink(file).toString();
        files.add(
            new InstalledFile(
                path, file, InstalledFile.Kind.SYMLINK, false, link, Optional.empty()));
      } else if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
        if (Folders.list(file).isEmpty()) {
          files.add(
              new InstalledFile(
                  path, file, InstalledFile.Kind.EMPTY_FOLDER, false, "", Optional.empty()));
        } else {
          scan(file, path + "/", files);
        }
      } else if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        files.add(
            new InstalledFile(
                path,
                file,
                InstalledFile.Kind.FILE,
                Files.isExecutable(file),
                "",
                ElfReader.read(file)));
      } else {
        throw Failure.of(
                CompileCode.PACKAGING, "package", path, "it is a device, a pipe or a socket")
            .advising("Remove it in the last step.")
            .toException();
      }
    }
  }
}
