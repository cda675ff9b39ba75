package io.github.prosodyoci.recipe;

import io.github.prosodyoci.core.Digest;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A file, identified by its digest, and where to get it.
 *
 * @param file its name, without any folder
 * @param sha256 the digest of its bytes
 * @param origins where to look for it, in this order; at least one
 */
public record Source(String file, Digest sha256, List<Origin> origins) {

  static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+~-]{0,199}");

  /**
   * Checks name and origins.
   *
   * @throws IllegalArgumentException if the name is not a plain file name, or there is no origin
   */
  public Source {
    origins = List.copyOf(origins);
    if (!isPlainName(file)) {
      throw new IllegalArgumentException(
          "not a plain file name (letters, digits, and . _ + ~ - after the first): " + file);
    }
    if (origins.isEmpty()) {
      throw new IllegalArgumentException(file + " has no origin");
    }
  }

  /** Returns the first {@code debian:} origin. */
  public Optional<Origin.Debian> debianOrigin() {
    return origins.stream()
        .filter(Origin.Debian.class::isInstance)
        .map(Origin.Debian.class::cast)
        .findFirst();
  }

  static boolean isPlainName(String name) {
    return NAME.matcher(name).matches();
  }
}
