package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Digest;
import java.util.List;

/**
 * What was pushed.
 *
 * @param digest the image digest, which the registry has confirmed for each name
 * @param names the names that the image has in the registry now
 */
public record PushResult(Digest digest, List<ImageName> names) {

  /** Copies the list. */
  public PushResult {
    names = List.copyOf(names);
  }
}
