package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.core.AtomicFiles;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.archive.EntryPath;
import io.github.prosodyoci.core.archive.Gzip;
import io.github.prosodyoci.core.archive.Layer;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarWriter;
import io.github.prosodyoci.packages.apk.PackageFile;
import io.github.prosodyoci.rootfs.install.FileTree.Node;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/** Streams packages and further files into the tar of one layer after the other. */
final class LayerWriter {

  private final FileTree tree;
  private final long latest;
  private final Path output;
  private final Set<String> folders = new HashSet<>();

  /**
   * Creates a writer.
   *
   * @param tree what is at each path in the end
   * @param latest the latest time that an entry carries, in seconds since 1970
   * @param output the folder that gets {@code layers/}
   */
  LayerWriter(FileTree tree, long latest, Path output) {
    this.tree = tree;
    this.latest = latest;
    this.output = output;
    tree.nodes()
        .forEach(
            (path, node) -> {
              if (node.isFolder() && inBase(node.entry(), "")) {
                folders.add(path);
              }
            });
  }

  private boolean inBase(TarEntry entry, String checksum) {
    return tree.base().map(base -> base.holds(entry, checksum)).orElse(false);
  }

  /**
   * Writes the layer above those written before.
   *
   * @param packages whose files it holds, in their order
   * @param files what it holds beside and instead of them, by path
   * @param contents what it holds, for people
   * @throws IOException if something cannot be read or written; no half layer is left behind
   */
  Layer write(
      String name,
      List<InstalledPackage> packages,
      SortedMap<String, PackageFile> files,
      List<String> contents)
      throws IOException {
    String file = "layers/" + name + ".tar.gz";
    Path target = output.resolve(file);
    MessageDigest compressed = Digest.sha256();
    MessageDigest uncompressed = Digest.sha256();
    AtomicFiles.write(
        target,
        out -> {
          try (TarWriter tar =
              new TarWriter(
                  new DigestOutputStream(
                      Gzip.compress(new DigestOutputStream(out, compressed)), uncompressed))) {
            for (InstalledPackage each : packages) {
              addPackage(tar, each, files);
            }
            for (Map.Entry<String, PackageFile> each : files.entrySet()) {
              addFile(tar, each.getValue());
            }
          }
        });
    return new Layer(
        name, file, Digest.of(compressed), Digest.of(uncompressed), Files.size(target), contents);
  }

  private void addPackage(TarWriter tar, InstalledPackage each, Map<String, PackageFile> files)
      throws IOException {
    each.visit(
        (entry, checksum, content) -> {
          String path = tree.laid(each.placed(entry).path());
          Node node = tree.nodes().get(path);
          if (node != null && node.isFolder()) {
            if (!files.containsKey(path)) {
              addFolder(tar, node.entry());
            }
          } else if (node != null
              && node.owner() == each
              && !files.containsKey(path)
              && (tree.isHardLinked(path) || !inBase(node.entry(), checksum))) {
            tar.add(clamped(node.entry()), content);
          }
        });
  }

  private void addFile(TarWriter tar, PackageFile file) throws IOException {
    addParents(tar, EntryPath.parent(file.entry().path()));
    if (file.entry().type() == TarEntry.Type.DIRECTORY) {
      addFolder(tar, tree.find(file.entry().path()).map(Node::entry).orElse(file.entry()));
      return;
    }
    try (InputStream content = file.content().open()) {
      tar.add(clamped(file.entry()), content);
    }
  }

  private void addParents(TarWriter tar, String folder) throws IOException {
    if (!folder.isEmpty() && !folders.contains(folder)) {
      addParents(tar, EntryPath.parent(folder));
      addFolder(
          tar,
          tree.find(folder)
              .map(Node::entry)
              .orElseGet(() -> TarEntry.directory(folder, 0755, latest)));
    }
  }

  /**
   * Adds a folder, unless this layer or a lower one has it: it is as it will stay from the start.
   */
  private void addFolder(TarWriter tar, TarEntry entry) throws IOException {
    if (folders.add(entry.path())) {
      tar.add(clamped(entry));
    }
  }

  private TarEntry clamped(TarEntry entry) {
    return entry
        .withMtime(Math.min(entry.mtime(), latest))
        .withOwner(entry.uid(), entry.gid(), "", "");
  }
}
