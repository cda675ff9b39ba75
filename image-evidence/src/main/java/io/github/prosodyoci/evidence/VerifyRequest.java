package io.github.prosodyoci.evidence;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.evidence.sign.VerifyingKey;
import java.time.Instant;
import java.util.List;

/**
 * Which image to verify, and by whose word.
 *
 * @param image the digest of the image; of one platform
 * @param keys the keys that are trusted
 * @param threshold how many of them must have signed the image
 * @param policy what the evidence must say
 * @param rebuilds who must have built the image again
 * @param now the time at which certificates must be valid
 */
public record VerifyRequest(
    Digest image,
    List<VerifyingKey> keys,
    int threshold,
    VerifyPolicy policy,
    Rebuilds rebuilds,
    Instant now) {

  /** Creates a request that asks nobody who built the image again. */
  public VerifyRequest(
      Digest image, List<VerifyingKey> keys, int threshold, VerifyPolicy policy, Instant now) {
    this(image, keys, threshold, policy, Rebuilds.NONE, now);
  }

  /**
   * Checks the threshold.
   *
   * @throws IllegalArgumentException if there are no keys, or fewer than the threshold
   */
  public VerifyRequest {
    keys = List.copyOf(keys);
    if (threshold < 1 || threshold > keys.size()) {
      throw new IllegalArgumentException(
          threshold + " of " + keys.size() + " keys cannot have signed");
    }
  }
}
