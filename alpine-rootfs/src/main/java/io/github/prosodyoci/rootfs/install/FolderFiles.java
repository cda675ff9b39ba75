package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.archive.EntryPath;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.packages.apk.PackageFile;
import io.github.prosodyoci.rootfs.RootfsCode;
import io.github.prosodyoci.rootfs.install.FileTree.Node;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;

/**
 * Lays the content of folders down in a layer.
 *
 * @param tree the image's file system
 * @param layout where programs and libraries are in it
 * @param latest the time that the files carry, in seconds since 1970
 */
record FolderFiles(FileTree tree, Layout layout, long latest) {

  /** Is shown each file. */
  @FunctionalInterface
  interface Noter {
    /**
     * Takes one file.
     *
     * @throws IOException if its content cannot be read
     */
    void note(TarEntry entry, InputStream content) throws IOException;
  }

  /**
   * Adds a folder's content: owned by root, modes by whether the owner may execute a file.
   *
   * @param files gets what is added
   * @throws IOException if a file cannot be read
   * @throws FailureException if there is no such folder, or a package has a folder in a file's
   *     place
   */
  void add(Path folder, SortedMap<String, PackageFile> files, Noter noter) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw Failure.of(
              CommonCode.CONFIGURATION,
              "lay down",
              "the files of " + folder,
              "there is no such folder")
          .advising("Correct <files> in <layer>.")
          .toException();
    }
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(folder)) {
      paths = walk.filter(path -> !path.equals(folder)).sorted().toList();
    }
    for (Path file : paths) {
      String name = folder.relativize(file).toString().replace('\\', '/');
      EntryPath.check(name, folder.toString());
      boolean isFolder = Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
      String path =
          isFolder
              ? layout.place(TarEntry.directory(name, 0755, latest)).path()
              : layout.place(name);
      boolean wasFolder = tree.find(path).map(Node::isFolder).orElse(isFolder);
      if (isFolder != wasFolder) {
        throw Failure.of(
                RootfsCode.FILE_CONFLICT,
                "lay down",
                file.toString(),
                "a package has /" + path + (wasFolder ? " as a folder" : ", which is not a folder"))
            .advising("Choose another name.")
            .toException();
      }
      if (isFolder) {
        if (tree.find(path).isEmpty()) {
          TarEntry entry = TarEntry.directory(path, 0755, latest);
          tree.putFolder(entry);
          files.put(path, PackageFile.of(entry));
        }
      } else if (Files.isSymbolicLink(file)) {
        String target = Files.readSymbolicLink(file).toString();
        files.put(path, PackageFile.of(TarEntry.symlink(path, target, latest)));
      } else {
        TarEntry entry =
            TarEntry.file(path, isExecutable(file) ? 0755 : 0644, Files.size(file), latest);
        files.put(path, PackageFile.of(entry, file));
        try (InputStream content = Files.newInputStream(file)) {
          noter.note(entry, content);
        }
      }
    }
  }

  /** Asks the mode alone: whether this user could run it here is another question. */
  static boolean isExecutable(Path file) throws IOException {
    return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OWNER_EXECUTE);
  }
}
