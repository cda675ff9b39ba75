package io.github.prosodyoci.compile.run;

import java.nio.file.Path;

/**
 * A folder or file of the machine that programs in a sandbox see.
 *
 * @param source where it is on the machine
 * @param target its absolute path in the sandbox
 * @param writable whether they may change it
 */
public record Mount(Path source, String target, boolean writable) {

  /** Returns a mount that may be read only. */
  public static Mount readOnly(Path source, String target) {
    return new Mount(source, target, false);
  }

  /** Returns a mount that may be changed. */
  public static Mount writable(Path source, String target) {
    return new Mount(source, target, true);
  }
}
