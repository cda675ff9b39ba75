package io.github.prosodyoci.rootfs.inspect;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.archive.EntryPath;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarReader;
import io.github.prosodyoci.rootfs.RootfsCode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the files of an image: an OCI layout (OCI Image Layout Specification 1.1) as a folder or
 * tar, or a root file system as a tar, each with or without gzip.
 */
public final class ImageArchives {

  private static final int MAX_DOCUMENT = 4 << 20;
  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE = ".wh..wh..opq";

  private final Path image;
  private final Platform platform;

  /**
   * Creates a reader.
   *
   * @param platform whose image is taken, where there are several
   */
  public ImageArchives(Path image, Platform platform) {
    this.image = image;
    this.platform = platform;
  }

  private record Index(@Nullable List<Descriptor> manifests) {}

  private record Manifest(
      @Nullable List<Descriptor> layers, @Nullable List<Descriptor> manifests) {}

  private record Descriptor(
      @Nullable String digest, @Nullable String mediaType, @Nullable Machine platform) {}

  private record Machine(
      @Nullable String os, @Nullable String architecture, @Nullable String variant) {}

  /** Takes a stream. */
  @FunctionalInterface
  private interface Use<T> {
    T of(InputStream in) throws IOException;
  }

  /**
   * Returns the image's files.
   *
   * @param kept the paths of files whose bytes are kept, beside the database of packages
   * @throws IOException if it cannot be read
   * @throws FailureException if it is no image, or damaged
   */
  public ImageFiles read(Predicate<String> kept) throws IOException {
    Optional<byte[]> index = open("index.json", ImageArchives::document);
    ImageFiles files = new ImageFiles(kept);
    if (index.isEmpty()) {
      if (Files.isDirectory(image)) {
        return ImageFiles.ofFolder(image, kept);
      }
      try (InputStream in = uncompressed(Files.newInputStream(image))) {
        apply(in, image.toString(), files);
      }
      return files;
    }
    Manifest manifest = manifest(Json.parse("index.json", index.get(), Index.class).manifests());
    if (manifest.layers() == null) {
      throw bad("its manifest names no layers").toException();
    }
    for (Descriptor layer : manifest.layers()) {
      blob(
          layer,
          in -> {
            apply(uncompressed(in), layer.digest() + " in " + image, files);
            return files;
          });
    }
    return files;
  }

  private Manifest manifest(@Nullable List<Descriptor> choices) throws IOException {
    List<Descriptor> found = choices == null ? List.of() : choices;
    if (found.size() > 1) {
      found = found.stream().filter(this::fits).toList();
    }
    if (found.size() != 1) {
      throw bad("it holds " + found.size() + " images for " + platform)
          .advising("Name another platform: -Dprosodyoci.platforms=linux/arm64, for example.")
          .toException();
    }
    Manifest manifest =
        Json.parse(
            "the manifest of " + image,
            blob(found.get(0), ImageArchives::document),
            Manifest.class);
    return manifest.manifests() == null ? manifest : manifest(manifest.manifests());
  }

  private boolean fits(Descriptor each) {
    Machine machine = each.platform();
    return machine != null
        && machine.os() != null
        && machine.architecture() != null
        && Platform.of(machine.os(), machine.architecture(), machine.variant())
            .equals(Optional.of(platform));
  }

  /** Uses a blob, whose digest is checked. */
  private <T> T blob(Descriptor descriptor, Use<T> use) throws IOException {
    String text = String.valueOf(descriptor.digest());
    Digest expected = Digest.parse(text);
    return open(
            "blobs/sha256/" + expected.hex(),
            in -> {
              MessageDigest sha256 = Digest.sha256();
              DigestInputStream digested = new DigestInputStream(in, sha256);
              T result = use.of(digested);
              digested.transferTo(OutputStream.nullOutputStream());
              Digest found = Digest.of(sha256);
              if (!found.equals(expected)) {
                throw bad("the blob " + expected + " in it has the digest " + found).toException();
              }
              return result;
            })
        .orElseThrow(() -> bad("it lacks the blob " + text).toException());
  }

  /** Uses a file of the layout; empty if it is not there. */
  private <T> Optional<T> open(String name, Use<T> use) throws IOException {
    if (Files.isDirectory(image)) {
      Path file = image.resolve(name);
      if (!Files.isRegularFile(file)) {
        return Optional.empty();
      }
      try (InputStream in = Files.newInputStream(file)) {
        return Optional.of(use.of(in));
      }
    }
    try (InputStream in = uncompressed(Files.newInputStream(image))) {
      TarReader tar = new TarReader(in, image.toString(), TarReader.Dialect.SOURCE);
      for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
        if (entry.path().equals(name) && entry.type() == TarEntry.Type.FILE) {
          return Optional.of(use.of(tar.content()));
        }
      }
    }
    return Optional.empty();
  }

  private static byte[] document(InputStream in) throws IOException {
    return in.readNBytes(MAX_DOCUMENT);
  }

  private static InputStream uncompressed(InputStream in) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(in, 1 << 16);
    buffered.mark(2);
    boolean gzip = buffered.read() == 0x1f && buffered.read() == 0x8b;
    buffered.reset();
    return gzip ? new GZIPInputStream(buffered, 1 << 16) : buffered;
  }

  /** Lays a layer over those before it. */
  private static void apply(InputStream in, String where, ImageFiles files) throws IOException {
    TarReader tar = new TarReader(in, where, TarReader.Dialect.SOURCE);
    for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
      String name = EntryPath.name(entry.path());
      String parent = EntryPath.parent(entry.path());
      if (name.equals(OPAQUE)) {
        files.removeBelow(parent);
      } else if (name.startsWith(WHITEOUT)) {
        String removed = name.substring(WHITEOUT.length());
        files.remove(parent.isEmpty() ? removed : parent + "/" + removed);
      } else {
        files.put(entry, tar.content());
      }
    }
  }

  private Failure bad(String found) {
    return Failure.of(RootfsCode.DATABASE, "inspect", image.toString(), found);
  }
}
