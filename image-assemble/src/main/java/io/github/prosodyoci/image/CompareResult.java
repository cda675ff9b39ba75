package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.image.compare.Difference;
import java.util.List;

/**
 * What came of comparing two images.
 *
 * @param first the digest of the first image
 * @param second the digest of the second image
 * @param differences in what they differ; nothing if they are identical, byte for byte
 */
public record CompareResult(Digest first, Digest second, List<Difference> differences) {

  /** Copies the list. */
  public CompareResult {
    differences = List.copyOf(differences);
  }

  /** Returns whether both are the same, byte for byte. */
  public boolean isIdentical() {
    return first.equals(second);
  }
}
