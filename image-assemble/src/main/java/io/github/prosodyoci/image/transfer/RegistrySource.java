package io.github.prosodyoci.image.transfer;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.image.ImageCode;
import io.github.prosodyoci.image.oci.OciDocuments;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.registry.ImageRepository;
import io.github.prosodyoci.image.registry.ImageRepository.Stored;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A repository of a registry, as a place to read from. */
public final class RegistrySource implements ImageSource {

  private final ImageRepository repository;
  private final String name;
  private final Function<IOException, FailureException> failure;
  private final Map<Digest, byte[]> found = new ConcurrentHashMap<>();

  /**
   * Creates a source.
   *
   * @param name what the repository is called in messages
   * @param failure what to say if a blob cannot be read to its end, wherever it goes
   */
  public RegistrySource(
      ImageRepository repository, String name, Function<IOException, FailureException> failure) {
    this.repository = repository;
    this.failure = failure;
    this.name = name;
  }

  @Override
  public String thing() {
    return name;
  }

  @Override
  public Descriptor find(@Nullable String tag, @Nullable Digest digest) throws IOException {
    String reference = digest != null ? digest.toString() : tag == null ? "latest" : tag;
    Stored stored = get(reference);
    if (!OciDocuments.MANIFEST_TYPES.contains(stored.mediaType())) {
      throw Failure.of(
              ImageCode.REGISTRY_PROTOCOL,
              "read",
              name + " " + reference,
              "the registry calls it " + stored.mediaType())
          .expecting("an image or an index of images")
          .toException();
    }
    Descriptor descriptor = stored.descriptor();
    if (digest != null && !descriptor.digest().equals(digest)) {
      throw wrong(reference, "its digest is " + descriptor.digest(), digest.toString());
    }
    found.put(descriptor.digest(), stored.json());
    return descriptor;
  }

  private Stored get(String reference) throws IOException {
    Optional<Stored> stored = repository.manifest(reference);
    return stored.orElseThrow(
        () ->
            Failure.of(
                    ImageCode.IMAGE_NOT_FOUND,
                    "find",
                    reference,
                    "the registry has none in " + name)
                .toException());
  }

  @Override
  public byte[] document(Descriptor manifest) throws IOException {
    byte[] known = found.get(manifest.digest());
    if (known != null) {
      return known.clone();
    }
    byte[] json = get(manifest.digest().toString()).json();
    if (json.length != manifest.size()) {
      throw wrong(
          manifest.digest().toString(),
          "it has " + json.length + " bytes",
          manifest.size() + " bytes");
    }
    if (!Digest.of(json).equals(manifest.digest())) {
      throw wrong(
          manifest.digest().toString(),
          "its digest is " + Digest.of(json),
          manifest.digest().toString());
    }
    return json;
  }

  private FailureException wrong(String reference, String reason, String expected) {
    return Failure.of(ImageCode.DIGEST_MISMATCH, "read", name + " " + reference, reason)
        .expecting(expected)
        .toException();
  }

  @Override
  public InputStream open(Descriptor blob) throws IOException {
    InputStream body;
    try {
      body = repository.openBlob(blob.digest());
    } catch (IOException e) {
      throw failure.apply(e);
    }
    return new CheckedInput(
        new Translated(body),
        blob.digest(),
        blob.size(),
        ImageCode.DIGEST_MISMATCH,
        name + " " + blob.digest());
  }

  /** Who reads the stream may be busy with another registry, which is not to blame. */
  private final class Translated extends FilterInputStream {

    Translated(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      try {
        return in.read(buffer, offset, length);
      } catch (IOException e) {
        throw failure.apply(e);
      }
    }
  }

  /** Nothing is known of a blob before it is transferred. */
  @Override
  public void check(Descriptor blob) {}

  @Override
  public List<Descriptor> referrers(Digest subject) throws IOException {
    return repository.referrers(subject);
  }
}
