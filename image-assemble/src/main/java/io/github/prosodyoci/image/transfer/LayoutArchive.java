package io.github.prosodyoci.image.transfer;

import io.github.prosodyoci.core.AtomicFiles;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarWriter;
import io.github.prosodyoci.image.ImageCode;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.oci.OciDocuments.DockerManifest;
import io.github.prosodyoci.image.oci.OciDocuments.Index;
import io.github.prosodyoci.image.oci.OciDocuments.LayoutMarker;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes images as one tar file: an OCI image layout (image-layout.md), with a {@code
 * manifest.json} beside it for Docker's own image store, which points to the same blobs. This is
 * what {@code docker save} writes since version 25.
 */
public final class LayoutArchive {

  private static final String DOCKER_MANIFEST = "manifest.json";

  private final SortedMap<String, Content> files = new TreeMap<>();

  /** Opens a file of the archive, to be read once. */
  @FunctionalInterface
  private interface Opener {
    InputStream open() throws IOException;
  }

  private record Content(long size, Opener opener) {}

  /** Creates an archive without images. */
  public LayoutArchive() {
    add(Layouts.MARKER, Json.compact(new LayoutMarker("1.0.0")));
  }

  private void add(String name, byte[] bytes) {
    files.put(name, new Content(bytes.length, () -> new ByteArrayInputStream(bytes)));
  }

  /** Adds a document under its digest. */
  public void add(byte[] document) {
    add(Layouts.blob(Digest.of(document)), document);
  }

  /** Adds a layer's file, whose digest is checked while it is written. */
  public void add(Path file, Digest digest, long size) {
    files.put(
        Layouts.blob(digest),
        new Content(
            size,
            () ->
                new CheckedInput(
                    Files.newInputStream(file),
                    digest,
                    size,
                    ImageCode.LAYER_MISMATCH,
                    file.toString())));
  }

  /** Adds all documents and blobs of an image. */
  public void add(ImageTree tree) {
    tree.nodes().forEach(node -> add(node.json()));
    add(tree.source(), tree.blobs());
  }

  /** Adds blobs, whose digests are checked while they are written. */
  public void add(ImageSource source, List<Descriptor> blobs) {
    for (Descriptor blob : blobs) {
      files.put(Layouts.blob(blob.digest()), new Content(blob.size(), () -> source.open(blob)));
    }
  }

  /** Sets what {@code index.json} lists. */
  public void index(List<Descriptor> images) {
    add(Layouts.INDEX, Json.compact(Index.of(images, null)));
  }

  /** Sets what Docker's own image store loads: one image of one platform. */
  public void docker(Digest config, List<String> names, List<Digest> layers) {
    DockerManifest manifest =
        new DockerManifest(
            Layouts.blob(config), names, layers.stream().map(Layouts::blob).toList());
    add(DOCKER_MANIFEST, Json.compact(List.of(manifest)));
  }

  /**
   * Writes the archive, which appears whole or not at all.
   *
   * @param time the time of its files, in seconds since 1970
   * @return the digest of the archive
   * @throws io.github.prosodyoci.core.FailureException if a blob is not what it should be
   * @throws IOException if a file cannot be read or written
   */
  public Digest write(Path target, long time) throws IOException {
    MessageDigest digest = Digest.sha256();
    AtomicFiles.write(
        target,
        out -> {
          try (TarWriter tar = new TarWriter(new DigestOutputStream(out, digest))) {
            tar.add(TarEntry.directory("blobs", 0755, time));
            tar.add(TarEntry.directory("blobs/sha256", 0755, time));
            for (Map.Entry<String, Content> file : files.entrySet()) {
              Content content = file.getValue();
              try (InputStream in = content.opener().open()) {
                tar.add(TarEntry.file(file.getKey(), 0644, content.size(), time), in);
              }
            }
          }
        });
    return Digest.of(digest);
  }
}
