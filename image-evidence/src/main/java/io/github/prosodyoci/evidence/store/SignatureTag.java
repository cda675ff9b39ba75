package io.github.prosodyoci.evidence.store;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.evidence.EvidenceCode;
import io.github.prosodyoci.evidence.sign.SigningKey;
import io.github.prosodyoci.evidence.sign.SimpleSigning;
import io.github.prosodyoci.evidence.sign.VerifyingKey;
import io.github.prosodyoci.image.oci.OciDocuments;
import io.github.prosodyoci.image.oci.OciDocuments.Config;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.oci.OciDocuments.Manifest;
import io.github.prosodyoci.image.oci.OciDocuments.RootFs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The signatures of an image under its tag {@code sha256-….sig}: a manifest with a layer for each,
 * whose annotation holds the signature. Programs that know no referrers look there.
 */
public final class SignatureTag {

  private final Artifacts artifacts;

  /** Creates a reader and writer of signatures. */
  public SignatureTag(Artifacts artifacts) {
    this.artifacts = artifacts;
  }

  /** A payload, and the signature that its annotation holds. */
  public interface Signed {

    /** Returns whether a key made the signature. */
    boolean by(VerifyingKey key);

    /**
     * Returns the image that the payload names.
     *
     * @throws FailureException with {@link EvidenceCode#BUNDLE_DAMAGED} if it names none
     */
    Digest image();
  }

  /**
   * Adds a signature to those that are there.
   *
   * @param repository registry and repository, which the signature names
   * @return the tag
   * @throws IOException if the store cannot be asked, or does not take it
   */
  public String add(String repository, Digest image, SigningKey key) throws IOException {
    String tag = SimpleSigning.tag(image);
    byte[] payload = SimpleSigning.payload(repository, image);
    Descriptor layer =
        Descriptor.of(SimpleSigning.MEDIA_TYPE, payload)
            .with(
                Map.of(
                    SimpleSigning.SIGNATURE,
                    Base64.getEncoder().encodeToString(key.sign(payload))));
    List<Descriptor> layers =
        new ArrayList<>(
            artifacts.tagged("the signatures", tag).map(Manifest::layers).orElse(List.of()));
    if (layers.contains(layer)) {
      return tag;
    }
    layers.add(layer);
    byte[] config =
        Json.compact(
            new Config(
                null,
                "",
                "",
                null,
                null,
                new RootFs("layers", layers.stream().map(Descriptor::digest).toList()),
                null));
    artifacts.store().putBlob(payload);
    artifacts.store().putBlob(config);
    Manifest manifest =
        new Manifest(
            2,
            OciDocuments.MANIFEST_TYPE,
            null,
            Descriptor.of(OciDocuments.CONFIG_TYPE, config),
            layers,
            null,
            null);
    artifacts.store().putTag(tag, Json.compact(manifest));
    return tag;
  }

  /**
   * Returns the signatures of an image, none of which is checked yet.
   *
   * @throws FailureException with {@link EvidenceCode#BUNDLE_DAMAGED} if a payload differs from its
   *     digest
   * @throws IOException if the store cannot be asked
   */
  public List<Signed> of(Digest image) throws IOException {
    Optional<Manifest> manifest = artifacts.tagged("the signatures", SimpleSigning.tag(image));
    List<Signed> found = new ArrayList<>();
    for (Descriptor layer : manifest.map(Manifest::layers).orElse(List.of())) {
      String text =
          Optional.ofNullable(layer.annotations())
              .map(each -> each.get(SimpleSigning.SIGNATURE))
              .orElse(null);
      if (SimpleSigning.MEDIA_TYPE.equals(layer.mediaType()) && text != null) {
        byte[] payload = artifacts.document("the image's signature", layer);
        byte[] signature = decoded(text);
        found.add(
            new Signed() {
              @Override
              public boolean by(VerifyingKey key) {
                return key.verifies(payload, signature);
              }

              @Override
              public Digest image() {
                return SimpleSigning.image(payload);
              }
            });
      }
    }
    return found;
  }

  private static byte[] decoded(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw Failure.of(
              EvidenceCode.BUNDLE_DAMAGED,
              "read",
              "the image's signature",
              "its annotation is not Base64")
          .toException(e);
    }
  }
}
