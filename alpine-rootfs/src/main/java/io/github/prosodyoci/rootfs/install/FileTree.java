package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.archive.ArchiveCode;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.rootfs.RootfsCode;
import io.github.prosodyoci.rootfs.install.InstalledPackage.OwnedFile;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Who owns each path of the image, decided as apk does when two packages have the same one. */
final class FileTree {

  /**
   * What is at a path.
   *
   * @param entry its header
   * @param owner whose it is; of a folder, whose owner and mode it has
   */
  record Node(TarEntry entry, InstalledPackage owner) {
    boolean isFolder() {
      return entry.type() == TarEntry.Type.DIRECTORY;
    }
  }

  private final SortedMap<String, Node> nodes = new TreeMap<>();

  /** Returns all paths. */
  Map<String, Node> nodes() {
    return Collections.unmodifiableMap(nodes);
  }

  Optional<Node> find(String path) {
    return Optional.ofNullable(nodes.get(path));
  }

  /**
   * Lays a package's file, link or folder down.
   *
   * @param checksum of its content, {@code Q1…}; may be empty
   * @return whether it is there now; false if another package's file is more important
   * @throws FailureException if another package has the path, and neither may replace the other's
   *     files ({@code file-conflict}); or if it is a folder in one and not in the other ({@code
   *     tar-escape})
   */
  boolean add(InstalledPackage owner, TarEntry entry, String checksum) {
    String path = entry.path();
    boolean folder = entry.type() == TarEntry.Type.DIRECTORY;
    Node node = nodes.get(path);
    if (node != null && node.isFolder() != folder) {
      throw Failure.of(
              ArchiveCode.TAR_ESCAPE,
              "install",
              owner.info().nameVersion(),
              "/"
                  + path
                  + " is "
                  + (folder ? "a folder" : "not a folder")
                  + " in it, but "
                  + (folder ? "not in " : "one in ")
                  + node.owner().info().nameVersion())
          .advising("Install only one of the two.")
          .toException();
    }
    if (folder) {
      owner.folders().put(path, entry);
      if (node == null
          || owner.info().replacesPriority() > node.owner().info().replacesPriority()) {
        nodes.put(path, new Node(entry, owner));
      }
      return true;
    }
    if (node != null && node.owner() == owner) {
      throw conflict(owner, owner, path);
    }
    if (node != null) {
      switch (FileOwner.of(node.owner(), owner)) {
        case EARLIER -> {
          return false;
        }
        case CONTESTED -> throw conflict(owner, node.owner(), path);
        case LATER -> {}
      }
      node.owner().files().remove(path);
    }
    String sum = checksum;
    if (entry.type() == TarEntry.Type.HARDLINK) {
      OwnedFile target = owner.files().get(entry.link());
      if (target == null) {
        throw conflict(owner, owner, path);
      }
      sum = target.checksum();
    }
    nodes.put(path, new Node(entry, owner));
    owner.files().put(path, new OwnedFile(entry, sum));
    return true;
  }

  private static FailureException conflict(
      InstalledPackage owner, InstalledPackage other, String path) {
    return Failure.of(
            RootfsCode.FILE_CONFLICT,
            "install",
            owner.info().nameVersion(),
            owner == other
                ? "/" + path + " occurs twice in it, or is a hard link to another package's file"
                : "/" + path + " belongs to " + other.info().nameVersion() + " already")
        .toException();
  }
}
