package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
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
  record Node(TarEntry entry, @Nullable Owner owner, String listed) {
    boolean isFolder() {
      return entry.type() == TarEntry.Type.DIRECTORY;
    }

    /** Returns the package that brought it; empty if a script made it. */
    Optional<Owner> brought() {
      return Optional.ofNullable(owner);
    }

    /** Returns whose it is, for people. */
    String ownerName() {
      return owner == null ? "what a script or <files> made" : owner.info().nameVersion();
    }
  }

  /** What comes behind the name of a file that goes beside a changed one. */
  private static final String BESIDE = ".apk-new";

  private final SortedMap<String, Node> nodes = new TreeMap<>();
  private final LinkPaths links;
  private final Optional<BaseChanges> base;

  /** Files of the base that are no package's. */
  private final Set<String> unowned = new HashSet<>();

  /** Files that go beside those of the base. */
  private final Set<String> beside = new HashSet<>();

  /** Files that have further names. */
  private final Set<String> hardLinked = new HashSet<>();

  /**
   * Creates a tree.
   *
   * @param layout which links it has at its root
   * @param base what is there already
   */
  FileTree(Layout layout, Optional<BaseRoot> base) {
    this.base = base.map(BaseChanges::new);
    base.ifPresent(this::load);
    links = new LinkPaths(path -> find(path).map(Node::entry).or(() -> rootLink(layout, path)));
  }

  private void load(BaseRoot root) {
    BaseChanges changes = base.orElseThrow();
    changes
        .items()
        .forEach(
            (path, item) -> {
              TarEntry entry = item.entry().withPath(path, item.entry().link());
              nodes.put(path, new Node(entry, null, path));
              unowned.add(path);
            });
    for (BasePackage each : root.packages()) {
      changes
          .places(each)
          .forEach(
              (place, listed) -> {
                Node node = nodes.get(place);
                if (node != null && unowned.remove(place)) {
                  nodes.put(place, new Node(node.entry(), each, listed));
                }
              });
    }
  }

  /** Returns what becomes of the base; empty if there is none. */
  Optional<BaseChanges> base() {
    return base;
  }

  /** Takes a file or folder away. */
  void remove(String path) {
    nodes.remove(path);
  }

  /** Makes a file of the base no package's. */
  void disown(String path) {
    nodes.computeIfPresent(path, (key, node) -> new Node(node.entry(), null, path));
    unowned.add(path);
  }

  /** Returns whether there is something in a folder. */
  boolean hasBelow(String folder) {
    return !nodes.subMap(folder + "/", folder + "0").isEmpty();
  }

  /** Returns where a package's file is: beside the one of the base, if that was changed. */
  String laid(String path) {
    return beside.contains(path) ? path + BESIDE : path;
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
   *     files, or if it is a folder in one and not in the other ({@code file-conflict})
   */
  boolean add(InstalledPackage owner, TarEntry listed, String checksum) {
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
      base.ifPresent(changes -> changes.addFolder(entry.path(), owner));
      boolean taken = unowned.remove(entry.path());
      addFolder(owner, listed, entry.withPaxHeaders(Map.of()), taken ? null : node);
      return true;
    }
    if (node != null && node.owner() == owner) {
      throw conflict(owner, "/" + path + " occurs twice in it");
    }
    Owner other = node == null ? null : node.owner();
    if (node != null && other == null && !unowned.contains(path)) {
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
    owner.addFile(listed, sum);
    unowned.remove(path);
    if (base.isPresent() && base.get().goesBeside(path, sum)) {
      nodes.put(path, new Node(base.get().entry(path), owner, listed.path()));
      beside.add(path);
      nodes.put(path + BESIDE, new Node(laid.withPath(path + BESIDE, laid.link()), owner, ""));
      return false;
    }
    nodes.put(path, new Node(laid, owner, listed.path()));
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

  private void addFolder(
      InstalledPackage owner, TarEntry listed, TarEntry entry, @Nullable Node node) {
    String path = entry.path();
    if (node == null) {
      nodes.put(path, new Node(entry, owner, listed.path()));
      return;
    }
    // A folder that was there before all packages, or under another name, stays as it is.
    if (node.owner() != null && path.equals(listed.path())) {
      TarEntry shared = FileOwner.shared(node.entry(), entry);
      nodes.put(path, new Node(shared, node.owner(), node.listed()));
    }
  }

  /** Returns the folder, free of links, that a path leads to; empty if it leads to none. */
  Optional<String> folder(String path) {
    return links.folder(path);
  }

  /**
   * Adds or changes a folder that is no package's.
   *
   * @param entry its header
   */
  void putFolder(TarEntry entry) {
    nodes.put(entry.path(), new Node(entry, null, entry.path()));
  }

  private static FailureException conflict(InstalledPackage owner, String found) {
    return Failure.of(RootfsCode.FILE_CONFLICT, "install", owner.info().nameVersion(), found)
        .toException();
  }
}
