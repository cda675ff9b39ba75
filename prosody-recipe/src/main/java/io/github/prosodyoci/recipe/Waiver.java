package io.github.prosodyoci.recipe;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** A weakness that a recipe accepts in one signature, with a reason (docs/verification.md). */
public enum Waiver {
  /** The certificate's own bindings rest on SHA-1. */
  SHA1_SELF_SIGNATURE,
  /** The primary key signs although its certificate does not say what it is for. */
  NO_KEY_FLAGS;

  /** Returns the waiver that a recipe names, such as {@code sha1-self-signature}. */
  public static Optional<Waiver> parse(String text) {
    return Arrays.stream(values()).filter(value -> value.toString().equals(text)).findFirst();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
