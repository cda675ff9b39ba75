package io.github.prosodyoci.it.container;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Platform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An image in an OCI archive of one or several platforms, unpacked by skopeo and umoci as a
 * container engine would.
 */
public final class ImageArchive {

  /** An image of an archive; without a platform, the only one, or that of this machine. */
  private record Key(Path file, Optional<Platform> platform) {}

  private static final Map<Key, ImageArchive> OPEN = new ConcurrentHashMap<>();

  private final Path file;
  private final Path folder;
  private final Digest digest;
  private final JsonNode manifest;
  private final ImageConfig config;

  private ImageArchive(Key key) throws IOException {
    file = key.file();
    folder = Workspace.newFolder("image");
    String skopeo = Tools.require("skopeo");
    String umoci = Tools.require("umoci");
    List<String> copy = new ArrayList<>(List.of(skopeo, "--insecure-policy"));
    key.platform()
        .ifPresent(
            platform -> {
              copy.addAll(List.of("--override-arch", platform.architecture()));
              platform
                  .variant()
                  .ifPresent(variant -> copy.addAll(List.of("--override-variant", variant)));
            });
    copy.addAll(List.of("copy", "-q", "oci-archive:" + file, "oci:" + layout() + ":it"));
    Command.of(copy).output();
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

  /** Returns the image that a file holds, or that of this machine, unpacked once for all tests. */
  public static ImageArchive open(Path file) {
    return open(new Key(file.toAbsolutePath().normalize(), Optional.empty()));
  }

  /** Returns the image of a platform that a file holds, unpacked once for all tests. */
  public static ImageArchive open(Path file, Platform platform) {
    ImageArchive image = open(new Key(file.toAbsolutePath().normalize(), Optional.of(platform)));
    if (image.config.platform() != platform) {
      throw new AssertionError(file + " has " + image.config.platform() + ", not " + platform);
    }
    return image;
  }

  private static ImageArchive open(Key wanted) {
    return OPEN.computeIfAbsent(
        wanted,
        key -> {
          try {
            return new ImageArchive(key);
          } catch (IOException e) {
            throw new UncheckedIOException("Could not open the image " + key.file(), e);
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
