package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.packages.apk.PackageFile;
import io.github.prosodyoci.rootfs.install.FileTree.Node;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The account files of the image, and whether scripts have changed them. */
final class AccountFiles {

  private final Accounts accounts;
  private final long mtime;

  /** As they are in the tree. */
  private final Map<String, byte[]> laid = new TreeMap<>();

  /**
   * Creates empty accounts.
   *
   * @param now the time that changed files carry
   */
  AccountFiles(Instant now) {
    accounts = new Accounts(now);
    mtime = now.getEpochSecond();
  }

  Accounts accounts() {
    return accounts;
  }

  /** Takes over a file that was laid down. */
  void load(String path, byte[] content) {
    accounts.load(path, content);
    laid.put(path, content);
  }

  /** Takes over the files of a base image. */
  void load(BaseRoot base) {
    for (String path : base.files().contents()) {
      if (Accounts.isAccountFile(path)) {
        accounts.load(path, base.files().content(path).orElseThrow());
      }
    }
    laid.putAll(accounts.contents());
  }

  /** Returns the files that scripts have changed since the last call. */
  List<PackageFile> changed(FileTree tree) {
    List<PackageFile> changed = new ArrayList<>();
    accounts
        .contents()
        .forEach(
            (path, content) -> {
              if (!Arrays.equals(content, laid.get(path))) {
                laid.put(path, content);
                changed.add(PackageFile.of(entry(tree, path, content.length), content));
              }
            });
    return changed;
  }

  private TarEntry entry(FileTree tree, String path, int size) {
    return tree.find(path)
        .map(Node::entry)
        .map(
            old ->
                TarEntry.file(path, old.mode(), size, mtime)
                    .withOwner(old.uid(), old.gid(), "", ""))
        .orElseGet(
            () -> TarEntry.file(path, path.equals(Accounts.SHADOW) ? 0640 : 0644, size, mtime));
  }
}
