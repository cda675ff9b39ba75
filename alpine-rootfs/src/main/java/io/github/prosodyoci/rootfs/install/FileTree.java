package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.archive.EntryPath;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.rootfs.LinkPaths;
import io.github.prosodyoci.rootfs.RootfsCode;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Who owns each path of the image, decided as apk does when two packages have the same one. */
final class FileTree {

  /**
   * What is at a path.
   *
   * @param entry its header
   * @param owner whose it is; of a folder, who brought it first; null if a script made it
   * @param listed the path under which the owner lists it: another one where that leads through a
   *     link
   */
  record Node(TarEntry entry, @Nullable InstalledPackage owner, String listed) {
    boolean isFolder() {
      return entry.type() == TarEntry.Type.DIRECTORY;
    }

    /** Returns the package that brought it; empty if a script made it. */
    Optional<InstalledPackage> brought() {
      return Optional.ofNullable(owner);
    }

    /** Returns whose it is, for people. */
    String ownerName() {
      return owner == null ? "what a script or <files> made" : owner.info().nameVersion();
    }
  }

  private static final int HOME_MODE = 02755;

  private final SortedMap<String, Node> nodes = new TreeMap<>();
  private final LinkPaths links;

  /** Files that have further names. */
  private final Set<String> hardLinked = new HashSet<>();

  /**
   * Creates an empty tree.
   *
   * @param layout which links it has at its root
   */
  FileTree(Layout layout) {
    links = new LinkPaths(path -> find(path).map(Node::entry).or(() -> rootLink(layout, path)));
  }

  private static Optional<TarEntry> rootLink(Layout layout, String path) {
    return layout.links().contains(path)
        ? Optional.of(TarEntry.symlink(path, "usr/" + path, 0))
        : Optional.empty();
  }

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
   * @param listed its header, at the path where the package has it
   * @param checksum of its content, {@code Q1…}; may be empty
   * @return whether it is there now; false if another package's file is more important
   * @throws FailureException if another package has the path, and neither may replace the other's
   *     files, or if it is a folder in one and not in the other ({@code file-conflict}); or if it
   *     is a device ({@code device})
   */
  boolean add(InstalledPackage owner, TarEntry listed, String checksum) {
    refuseDevice(owner, listed);
    boolean folder = listed.type() == TarEntry.Type.DIRECTORY;
    TarEntry entry = folder ? throughLink(owner, listed) : owner.placed(listed);
    String path = entry.path();
    Node node = nodes.get(path);
    if (node != null && node.isFolder() != folder) {
      throw conflict(
          owner,
          "/"
              + path
              + " is "
              + (folder ? "a folder" : "not a folder")
              + " in it, but "
              + (folder ? "not in " : "one in ")
              + node.ownerName());
    }
    if (folder) {
      owner.addFolder(listed);
      // Apk sets extended attributes of files only.
      addFolder(owner, listed, entry.withPaxHeaders(Map.of()), node);
      return true;
    }
    if (node != null && node.owner() == owner) {
      throw conflict(owner, "/" + path + " occurs twice in it");
    }
    InstalledPackage other = node == null ? null : node.owner();
    if (node != null && other == null) {
      throw conflict(owner, "/" + path + " belongs to " + node.ownerName() + " already");
    }
    if (node != null && other != null) {
      switch (FileOwner.of(other, owner)) {
        case EARLIER -> {
          return false;
        }
        case CONTESTED ->
            throw conflict(owner, "/" + path + " belongs to " + node.ownerName() + " already");
        case LATER -> {
          if (hardLinked.contains(path)) {
            throw conflict(
                owner,
                "it replaces /"
                    + path
                    + ", but "
                    + node.ownerName()
                    + " has a hard link to it, which would lead to another file");
          }
        }
      }
      other.removeFile(node.listed());
    }
    String sum = checksum;
    TarEntry laid = entry;
    if (entry.type() == TarEntry.Type.HARDLINK) {
      Node target = nodes.get(entry.link());
      Optional<String> known = owner.checksum(listed.link());
      if (target == null || known.isEmpty() || target.entry().type() != TarEntry.Type.FILE) {
        throw conflict(owner, "/" + path + " is a hard link to what is not a file of its own");
      }
      sum = known.get();
      hardLinked.add(entry.link());
      // Two names of one file: it has the mode of its first name, and the owner of its last.
      laid = entry.withMode(target.entry().mode());
      nodes.put(
          entry.link(),
          new Node(
              target.entry().withOwner(entry.uid(), entry.gid(), "", ""),
              target.owner(),
              target.listed()));
    }
    nodes.put(path, new Node(laid, owner, listed.path()));
    owner.addFile(listed, sum);
    return true;
  }

  /** Returns whether a package has a hard link to a file. */
  boolean isHardLinked(String path) {
    return hardLinked.contains(path);
  }

  /** Returns a folder's header where it is: where a link leads that is in its place. */
  private TarEntry throughLink(InstalledPackage owner, TarEntry listed) {
    TarEntry entry = owner.placed(listed);
    Node node = nodes.get(entry.path());
    if (node == null || node.entry().type() != TarEntry.Type.SYMLINK) {
      return entry;
    }
    Optional<String> target = links.folder(entry.path()).filter(place -> !place.isEmpty());
    if (target.isEmpty()) {
      throw conflict(
          owner,
          "/"
              + entry.path()
              + " is a folder in it, but in "
              + node.ownerName()
              + " a link to no folder of the image ("
              + node.entry().link()
              + ")");
    }
    owner.leads(listed.path(), target.get());
    return owner.placed(listed);
  }

  /** Apk 2.14 gives a folder the lowest owner, and what all that name this owner allow. */
  private void addFolder(
      InstalledPackage owner, TarEntry listed, TarEntry entry, @Nullable Node node) {
    String path = entry.path();
    if (node == null) {
      nodes.put(path, new Node(entry, owner, listed.path()));
      return;
    }
    TarEntry before = node.entry();
    // A folder that was there before all packages, or under another name, stays as it is.
    if (node.owner() == null || !path.equals(listed.path())) {
      return;
    }
    int order = Integer.compare(entry.uid(), before.uid());
    order = order != 0 ? order : Integer.compare(entry.gid(), before.gid());
    if (order < 0) {
      nodes.put(path, new Node(entry, node.owner(), node.listed()));
    } else if (order == 0) {
      nodes.put(
          path,
          new Node(before.withMode(before.mode() & entry.mode()), node.owner(), node.listed()));
    }
  }

  /**
   * Adds a folder that is no package's, unless there is one already.
   *
   * @param entry its header
   */
  void makeFolder(TarEntry entry) {
    nodes.putIfAbsent(entry.path(), new Node(entry, null, entry.path()));
  }

  /**
   * Gives a folder to a user as its home; makes it, if there is a folder to make it in.
   *
   * @param mtime the time that a new folder carries
   * @return where the folder is, if no package has it; one of a package stays as the package says
   * @throws FailureException if there is something else in its place ({@code unknown-script})
   */
  Optional<String> giveHome(String path, int uid, int gid, long mtime) {
    Optional<String> parent = links.folder(EntryPath.parent(path));
    if (parent.isEmpty()) {
      return Optional.empty();
    }
    String place = parent.get().isEmpty() ? path : parent.get() + "/" + EntryPath.name(path);
    if (nodes.containsKey(place)) {
      Optional<String> target = links.folder(place);
      if (target.isEmpty()) {
        throw Failure.of(
                RootfsCode.UNKNOWN_SCRIPT,
                "make",
                "the home folder /" + path,
                "there is something else in its place")
            .toException();
      }
      place = target.get();
    }
    Node node = nodes.get(place);
    if (place.isEmpty() || (node != null && node.owner() != null)) {
      return Optional.empty();
    }
    nodes.put(
        place,
        new Node(
            TarEntry.directory(place, HOME_MODE, mtime).withOwner(uid, gid, "", ""), null, place));
    return Optional.of(place);
  }

  private static void refuseDevice(InstalledPackage owner, TarEntry entry) {
    if (entry.type() == TarEntry.Type.CHARACTER_DEVICE
        || entry.type() == TarEntry.Type.BLOCK_DEVICE) {
      throw Failure.of(
              RootfsCode.DEVICE,
              "install",
              owner.info().nameVersion(),
              "/" + entry.path() + " in it is a device")
          .toException();
    }
  }

  private static FailureException conflict(InstalledPackage owner, String found) {
    return Failure.of(RootfsCode.FILE_CONFLICT, "install", owner.info().nameVersion(), found)
        .toException();
  }
}
