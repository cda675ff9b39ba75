package io.github.prosodyoci.core.archive;

/** The version of the bytes that this module writes: of tar, of gzip and of JSON. */
public final class Encoding {

  private static final int VERSION = 3;

  private Encoding() {}

  /**
   * Returns the version. Whoever keeps what was made with this module, to take it instead of making
   * it again, keeps this number with it.
   */
  public static int version() {
    return VERSION;
  }
}
