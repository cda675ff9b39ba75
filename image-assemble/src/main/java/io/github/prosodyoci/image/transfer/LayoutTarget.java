package io.github.prosodyoci.image.transfer;

import io.github.prosodyoci.core.AtomicFiles;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.LockFile;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.oci.OciDocuments.Index;
import io.github.prosodyoci.image.oci.OciDocuments.LayoutMarker;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A folder, which may hold other images already: {@code index.json} is written last. Several
 * programs of ours may write to it at once; {@code index.json.lock} in it keeps them apart.
 */
public final class LayoutTarget implements ImageTarget {

  private final Path folder;

  /** Opens something to be read once. */
  @FunctionalInterface
  private interface Opener {
    InputStream open() throws IOException;
  }

  /** Creates a target; the folder need not exist. */
  public LayoutTarget(Path folder) {
    this.folder = folder;
  }

  @Override
  public void store(ImageTree tree, List<String> tags) throws IOException {
    for (Descriptor blob : tree.blobs()) {
      store(blob.digest(), () -> tree.source().open(blob));
    }
    for (ImageTree.Node node : tree.nodes()) {
      store(node.descriptor().digest(), () -> new ByteArrayInputStream(node.json()));
    }
    Json.write(folder.resolve(Layouts.MARKER), new LayoutMarker("1.0.0"));
    Path index = folder.resolve(Layouts.INDEX);
    try {
      LockFile lock = LockFile.beside(index, () -> {});
      try (lock) {
        list(index, ArchiveTarget.entries(tree, tags, tag -> Map.of(Layouts.REF_NAME, tag)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for " + index);
    }
  }

  /** Adds images to what {@code index.json} lists. */
  private static void list(Path index, List<Descriptor> added) throws IOException {
    List<Descriptor> entries = new ArrayList<>();
    if (Files.exists(index)) {
      for (Descriptor each : Json.read(index, Index.class).manifests()) {
        if (added.stream().noneMatch(newer -> replaces(newer, each))) {
          entries.add(each);
        }
      }
    }
    entries.addAll(added);
    Json.write(index, Index.of(entries, null));
  }

  /** A tag names one image; without a tag, an image is listed once. */
  private static boolean replaces(Descriptor newer, Descriptor older) {
    String tag = tag(newer);
    return tag.equals(tag(older)) && (!tag.isEmpty() || newer.digest().equals(older.digest()));
  }

  private static String tag(Descriptor image) {
    Map<String, String> annotations = image.annotations();
    return annotations == null ? "" : annotations.getOrDefault(Layouts.REF_NAME, "");
  }

  private void store(Digest digest, Opener content) throws IOException {
    Path file = folder.resolve(Layouts.blob(digest));
    if (Files.isRegularFile(file) && Digest.of(file).equals(digest)) {
      return;
    }
    try (InputStream in = content.open()) {
      AtomicFiles.write(file, in::transferTo);
    }
  }
}
