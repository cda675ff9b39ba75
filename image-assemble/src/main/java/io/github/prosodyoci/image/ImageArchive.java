package io.github.prosodyoci.image;

import io.github.prosodyoci.core.AtomicFiles;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.archive.Layer;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarWriter;
import io.github.prosodyoci.image.OciDocuments.Descriptor;
import io.github.prosodyoci.image.OciDocuments.DockerManifest;
import io.github.prosodyoci.image.OciDocuments.Index;
import io.github.prosodyoci.image.OciDocuments.LayoutMarker;
import io.github.prosodyoci.image.OciDocuments.TargetPlatform;
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
 * Writes an image as one tar file: an OCI image layout (image-layout.md), with a {@code
 * manifest.json} beside it for Docker's own image store, which points to the same blobs. This is
 * what {@code docker save} writes since version 25.
 */
final class ImageArchive {

  static final String BLOBS = "blobs/sha256/";
  static final String LAYOUT = "oci-layout";
  static final String INDEX = "index.json";

  private static final String DOCKER_MANIFEST = "manifest.json";
  private static final String REF_NAME = "org.opencontainers.image.ref.name";
  private static final String CONTAINERD_NAME = "io.containerd.image.name";

  /** Opens a file of the archive, to be read once. */
  @FunctionalInterface
  private interface Opener {
    InputStream open() throws IOException;
  }

  private record Content(long size, Opener opener) {}

  private ImageArchive() {}

  /**
   * Writes the archive of an image, which appears whole or not at all.
   *
   * @param folder the folder that the layers' paths are relative to
   * @return the digest of the archive
   * @throws io.github.prosodyoci.core.FailureException with {@link ImageCode#LAYER_MISMATCH} if a
   *     layer file is not what the image says of it
   * @throws IOException if a file cannot be read or written
   */
  static Digest write(Image image, Path folder, Path target) throws IOException {
    SortedMap<String, Content> files = new TreeMap<>();
    for (Layer layer : image.layers()) {
      files.put(blob(layer.digest()), content(LayerFiles.verify(folder, layer), layer));
    }
    files.put(blob(image.configDigest()), content(image.config()));
    files.put(blob(image.digest()), content(image.manifest()));
    files.put(LAYOUT, content(Json.compact(new LayoutMarker("1.0.0"))));
    files.put(INDEX, content(Json.compact(index(image))));
    files.put(DOCKER_MANIFEST, content(Json.compact(List.of(dockerManifest(image)))));

    MessageDigest digest = Digest.sha256();
    long time = image.description().created().getEpochSecond();
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

  static String blob(Digest digest) {
    return BLOBS + digest.hex();
  }

  private static Index index(Image image) {
    ImageDescription description = image.description();
    Descriptor manifest =
        new Descriptor(
            OciDocuments.MANIFEST_TYPE,
            image.digest(),
            image.manifest().length,
            TargetPlatform.of(description.platform()),
            Map.of(
                REF_NAME, description.name().text(),
                CONTAINERD_NAME, description.name().fullText()));
    return new Index(2, OciDocuments.INDEX_TYPE, List.of(manifest));
  }

  private static DockerManifest dockerManifest(Image image) {
    return new DockerManifest(
        blob(image.configDigest()),
        List.of(image.description().name().text()),
        image.layers().stream().map(layer -> blob(layer.digest())).toList());
  }

  private static Content content(byte[] bytes) {
    return new Content(bytes.length, () -> new ByteArrayInputStream(bytes));
  }

  /** Returns the content of a layer's file, whose digest is checked once more while it is read. */
  private static Content content(Path file, Layer layer) {
    return new Content(
        layer.size(),
        () -> new CheckedInput(Files.newInputStream(file), layer.digest(), file.toString()));
  }
}
