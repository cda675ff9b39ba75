package io.github.prosodyoci.evidence.sign;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.evidence.EvidenceCode;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a signature under the tag {@code sha256-….sig} covers: a "simple signing" payload, which
 * names an image by its digest (containers/image, "atomic-signature").
 */
public final class SimpleSigning {

  /** The media type of a payload. */
  public static final String MEDIA_TYPE = "application/vnd.dev.cosign.simplesigning.v1+json";

  /** The annotation of a payload that holds its signature in Base64. */
  public static final String SIGNATURE = "dev.cosignproject.cosign/signature";

  private static final String TYPE = "cosign container image signature";

  private SimpleSigning() {}

  private record Payload(Critical critical) {}

  private record Critical(Identity identity, Image image, String type) {}

  private record Identity(@JsonProperty("docker-reference") String reference) {}

  private record Image(@JsonProperty("docker-manifest-digest") @Nullable String digest) {}

  /**
   * Returns the payload for an image.
   *
   * @param repository registry and repository
   */
  public static byte[] payload(String repository, Digest image) {
    return Json.compact(
        new Payload(new Critical(new Identity(repository), new Image(image.toString()), TYPE)));
  }

  /**
   * Returns the image that a payload is about.
   *
   * @throws FailureException with {@link EvidenceCode#BUNDLE_DAMAGED} if it is no such payload
   */
  public static Digest image(byte[] payload) {
    try {
      Payload parsed = Json.parse("the signature", payload, Payload.class);
      if (parsed.critical() == null
          || parsed.critical().image() == null
          || parsed.critical().image().digest() == null
          || !TYPE.equals(parsed.critical().type())) {
        throw damaged("its payload names no image").toException();
      }
      return Digest.parse(parsed.critical().image().digest());
    } catch (IOException | IllegalArgumentException e) {
      throw damaged(Reasons.of(e)).toException(e);
    }
  }

  private static Failure damaged(String found) {
    return Failure.of(EvidenceCode.BUNDLE_DAMAGED, "read", "the image's signature", found);
  }

  /** Returns the tag that holds the signatures of an image. */
  public static String tag(Digest image) {
    return "sha256-" + image.hex() + ".sig";
  }
}
