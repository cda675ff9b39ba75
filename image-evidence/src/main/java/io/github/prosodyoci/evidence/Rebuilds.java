package io.github.prosodyoci.evidence;

import io.github.prosodyoci.evidence.sign.VerifyingKey;
import java.util.List;

/**
 * Who must have built an image again, with the same result.
 *
 * @param keys the keys of those who are trusted to say so; they are trusted with nothing else
 * @param required how many of them must say so
 */
public record Rebuilds(List<VerifyingKey> keys, int required) {

  /** Nobody is asked. */
  public static final Rebuilds NONE = new Rebuilds(List.of(), 0);

  /**
   * Checks the number.
   *
   * @throws IllegalArgumentException if there are fewer keys than required
   */
  public Rebuilds {
    keys = List.copyOf(keys);
    if (required < 0 || required > keys.size()) {
      throw new IllegalArgumentException(
          required + " of " + keys.size() + " rebuilders cannot have signed");
    }
  }
}
