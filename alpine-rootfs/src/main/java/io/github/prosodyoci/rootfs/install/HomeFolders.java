package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.archive.EntryPath;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.rootfs.RootfsCode;
import io.github.prosodyoci.rootfs.install.FileTree.Node;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The home folders that scripts make for the users they add. */
final class HomeFolders implements Accounts.Homes {

  private static final int MODE = 02755;

  private final FileTree tree;
  private final Layout layout;
  private final long mtime;
  private final Set<String> made = new TreeSet<>();

  /**
   * Creates home folders, none so far.
   *
   * @param mtime the time that they carry, in seconds since 1970
   */
  HomeFolders(FileTree tree, Layout layout, long mtime) {
    this.tree = tree;
    this.layout = layout;
    this.mtime = mtime;
  }

  /** Returns the folders that were made since the last call, but for those of packages. */
  Set<String> take() {
    Set<String> taken = new TreeSet<>(made);
    made.clear();
    return taken;
  }

  /**
   * Gives a folder to a user as its home; makes it, if there is a folder to make it in. One of a
   * package stays as the package says.
   *
   * @throws FailureException if there is something else in its place ({@code unknown-script})
   */
  @Override
  public void give(String path, int uid, int gid) {
    String place = layout.place(path);
    // A device where it is one; images have none.
    if (place.equals("dev/null")) {
      return;
    }
    Optional<String> parent = tree.folder(EntryPath.parent(place));
    if (parent.isEmpty()) {
      return;
    }
    String name = EntryPath.name(place);
    String home = parent.get().isEmpty() ? name : parent.get() + "/" + name;
    if (tree.find(home).isPresent()) {
      home =
          tree.folder(home)
              .orElseThrow(
                  () ->
                      Failure.of(
                              RootfsCode.UNKNOWN_SCRIPT,
                              "make",
                              "the home folder /" + place,
                              "there is something else in its place")
                          .toException());
    }
    if (home.isEmpty() || tree.find(home).flatMap(Node::brought).isPresent()) {
      return;
    }
    tree.putFolder(TarEntry.directory(home, MODE, mtime).withOwner(uid, gid, "", ""));
    made.add(home);
  }
}
