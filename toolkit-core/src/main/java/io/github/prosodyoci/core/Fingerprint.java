package io.github.prosodyoci.core;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;

/**
 * The digest of everything that a result is made from: named inputs in a fixed order. Two
 * fingerprints are equal only if names, values and order are; lengths are part of what is hashed,
 * so that no value can be mistaken for the start of the next.
 */
public final class Fingerprint {

  private final MessageDigest sha256 = Digest.sha256();

  /** Adds an input. */
  public Fingerprint add(String name, String value) {
    append(name);
    append(value);
    return this;
  }

  /** Adds an input that is known by its digest. */
  public Fingerprint add(String name, Digest value) {
    return add(name, value.toString());
  }

  /** Adds a list, whose length and order count. */
  public Fingerprint add(String name, Collection<String> values) {
    add(name, String.valueOf(values.size()));
    values.forEach(this::append);
    return this;
  }

  private void append(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    sha256.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
    sha256.update(bytes);
  }

  /** Returns the digest of the inputs so far, and starts again without any. */
  public Digest digest() {
    return Digest.of(sha256);
  }
}
