package io.github.prosodyoci.image.transfer;

import io.github.prosodyoci.core.AtomicFiles;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.image.ImageCode;
import io.github.prosodyoci.image.oci.OciDocuments;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.oci.References;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Manifests and blobs that were pulled, in a folder, by digest. Several builds may share it: a file
 * appears whole or not at all, and is checked before it is used.
 */
public final class BlobStore implements ImageSource {

  private final Path folder;

  /** Creates a store; the folder need not exist. */
  public BlobStore(Path folder) {
    this.folder = folder;
  }

  @Override
  public String thing() {
    return "the image cache " + folder;
  }

  private Path file(Digest digest) {
    return folder.resolve(Layouts.blob(digest));
  }

  /**
   * Returns whether it holds a blob, and the right bytes.
   *
   * @throws IOException if that cannot be found out
   */
  public boolean has(Digest digest) throws IOException {
    return Files.isRegularFile(file(digest)) && Digest.of(file(digest)).equals(digest);
  }

  /**
   * Puts a document in.
   *
   * @throws IOException if it cannot be written
   */
  public void put(byte[] document) throws IOException {
    AtomicFiles.write(file(Digest.of(document)), out -> out.write(document));
  }

  /**
   * Puts a blob in, unless it is there.
   *
   * @throws io.github.prosodyoci.core.FailureException if the source has another one
   * @throws IOException if it cannot be read or written
   */
  public void put(ImageSource source, Descriptor blob) throws IOException {
    if (!has(blob.digest())) {
      try (InputStream in = source.open(blob)) {
        AtomicFiles.write(file(blob.digest()), in::transferTo);
      }
    }
  }

  /** The tag does not count: it holds what has a digest. */
  @Override
  public Descriptor find(@Nullable String tag, @Nullable Digest digest) throws IOException {
    if (digest == null || !has(digest)) {
      throw missing(digest);
    }
    byte[] json = read(digest);
    return Descriptor.of(References.mediaType("the manifest " + digest, json), json);
  }

  private RuntimeException missing(@Nullable Digest digest) {
    return Failure.of(
            ImageCode.IMAGE_NOT_FOUND,
            "find",
            String.valueOf(digest),
            thing() + " does not hold it")
        .toException();
  }

  private byte[] read(Digest digest) throws IOException {
    try (InputStream in = Files.newInputStream(file(digest))) {
      return in.readNBytes(OciDocuments.MAX_DOCUMENT);
    }
  }

  @Override
  public byte[] document(Descriptor manifest) throws IOException {
    check(manifest);
    return read(manifest.digest());
  }

  @Override
  public InputStream open(Descriptor blob) throws IOException {
    if (!Files.isRegularFile(file(blob.digest()))) {
      throw missing(blob.digest());
    }
    return new CheckedInput(
        Files.newInputStream(file(blob.digest())),
        blob.digest(),
        blob.size(),
        ImageCode.DIGEST_MISMATCH,
        blob.digest() + " in " + thing());
  }

  @Override
  public void check(Descriptor blob) throws IOException {
    if (!has(blob.digest())) {
      throw missing(blob.digest());
    }
  }

  @Override
  public List<Descriptor> referrers(Digest subject) {
    return List.of();
  }
}
