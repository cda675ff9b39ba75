package io.github.prosodyoci.packages.apk;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * Alpine's checksums: SHA-1, as {@code Q1} and Base64. They identify; trust comes from {@code
 * datahash} and signatures.
 */
public final class Checksums {

  private Checksums() {}

  /** Returns a new SHA-1 computation. */
  public static MessageDigest sha1() {
    try {
      return MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-1", e);
    }
  }

  /** Returns the SHA-1 of some bytes as {@code Q1…}. */
  public static String q1(byte[] bytes) {
    return q1OfHash(sha1().digest(bytes));
  }

  /**
   * Returns a checksum in the one spelling that we write: the last character of Base64 holds two
   * bits that say nothing, and apk does not look at them.
   *
   * @param q1 {@code Q1…}
   */
  public static String canonical(String q1) {
    return q1OfHash(Base64.getDecoder().decode(q1.substring(2)));
  }

  /** Returns a finished SHA-1 as {@code Q1…}. */
  public static String q1OfHash(byte[] sha1) {
    return "Q1" + Base64.getEncoder().encodeToString(sha1);
  }
}
