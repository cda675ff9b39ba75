package io.github.prosodyoci.it.container;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.prosodyoci.core.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** An image in an OCI archive, unpacked by skopeo and umoci as a container engine would. */
public final class ImageArchive {

  private static final Map<Path, ImageArchive> OPEN = new ConcurrentHashMap<>();

  private final Path file;
  private final Path folder;
  private final Digest digest;
  private final JsonNode manifest;
  private final ImageConfig config;

  private ImageArchive(Path file) throws IOException {
    this.file = file;
    folder = Workspace.newFolder("image");
    String skopeo = Tools.require("skopeo");
    String umoci = Tools.require("umoci");
    Command.of(
            skopeo,
            "--insecure-policy",
            "copy",
            "-q",
            "oci-archive:" + file,
            "oci:" + layout() + ":it")
        .output();
    List<String> unpack = new ArrayList<>(List.of(umoci, "unpack", "--image", layout() + ":it"));
    if (!Tools.superuser()) {
      unpack.add("--rootless");
    }
    unpack.add(folder.resolve("bundle").toString());
    Command.of(unpack).output();
    JsonNode index = json(Files.readAllBytes(layout().resolve("index.json")));
    digest = Digest.parse(index.at("/manifests/0/digest").asText());
    manifest = json(blob(digest));
    config = ImageConfig.of(json(blob(Digest.parse(manifest.at("/config/digest").asText()))));
  }

  /** Returns the image that a file holds, unpacked once for all tests. */
  public static ImageArchive open(Path file) {
    return OPEN.computeIfAbsent(
        file.toAbsolutePath().normalize(),
        path -> {
          try {
            return new ImageArchive(path);
          } catch (IOException e) {
            throw new UncheckedIOException("Could not open the image " + path, e);
          }
        });
  }

  /** Returns the archive's path. */
  public Path file() {
    return file;
  }

  /** Returns the digest of the image manifest. */
  public Digest digest() {
    return digest;
  }

  /** Returns the image manifest. */
  public JsonNode manifest() {
    return manifest;
  }

  /** Returns what the image says about how it is run. */
  public ImageConfig config() {
    return config;
  }

  /** Returns the unpacked root file system; nobody writes to it. */
  public Path rootfs() {
    return folder.resolve("bundle/rootfs");
  }

  /** Returns the sum of the compressed layers in bytes, which is what a registry transfers. */
  public long compressedSize() {
    long size = 0;
    for (JsonNode layer : manifest.path("layers")) {
      size += layer.path("size").asLong();
    }
    return size;
  }

  /** Returns a new container of this image, not yet started, as its configuration demands. */
  public ContainerBuilder container() {
    return new ContainerBuilder(this);
  }

  private Path layout() {
    return folder.resolve("layout");
  }

  private byte[] blob(Digest blob) throws IOException {
    return Files.readAllBytes(layout().resolve("blobs/sha256").resolve(blob.hex()));
  }

  private static JsonNode json(byte[] bytes) throws IOException {
    return new JsonMapper().readTree(bytes);
  }
}
