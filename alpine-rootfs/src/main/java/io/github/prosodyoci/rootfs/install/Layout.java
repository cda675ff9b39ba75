package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.core.archive.TarEntry;
import java.nio.file.Path;
import java.util.Set;

/** Where an image has its programs and libraries. */
public enum Layout {
  /** As the packages say. */
  AS_PACKAGED,

  /**
   * {@code /bin}, {@code /lib} and {@code /sbin} are links to the same below {@code /usr}, as in
   * new installations of Alpine 3.23 and later (alpinelinux.org/posts/2025-10-01-usr-merge.html);
   * what a package still has there goes there.
   */
  USR_MERGED;

  private static final Set<String> MERGED = Set.of("bin", "lib", "sbin");

  /** Returns the names of the links that the image has at its root. */
  Set<String> links() {
    return this == USR_MERGED ? MERGED : Set.of();
  }

  /**
   * Returns whether an entry would be a link to itself, and so has no place in the image: packages
   * made for both layouts have a link from {@code /usr/lib} to {@code /lib}.
   */
  boolean leadsToItself(TarEntry entry) {
    if (links().isEmpty() || entry.type() != TarEntry.Type.SYMLINK) {
      return false;
    }
    Path folder = Path.of("/").resolve(entry.path()).getParent();
    Path target = (folder == null ? Path.of("/") : folder).resolve(entry.link()).normalize();
    return place(target.toString().substring(1)).equals(place(entry.path()));
  }

  /** Returns where a path is that leads below a folder. */
  String place(String path) {
    int slash = path.indexOf('/');
    return slash > 0 && links().contains(path.substring(0, slash)) ? "usr/" + path : path;
  }

  /** Returns a package's entry where it is in the image. */
  TarEntry place(TarEntry entry) {
    boolean folder = entry.type() == TarEntry.Type.DIRECTORY;
    String path =
        folder && links().contains(entry.path()) ? "usr/" + entry.path() : place(entry.path());
    return entry.type() == TarEntry.Type.HARDLINK
        ? entry.withPath(path, place(entry.link()))
        : entry.withPath(path, entry.link());
  }
}
