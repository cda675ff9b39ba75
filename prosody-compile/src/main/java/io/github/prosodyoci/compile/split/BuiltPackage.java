package io.github.prosodyoci.compile.split;

import io.github.prosodyoci.core.Digest;
import java.util.List;

/**
 * A package from a build, not yet signed.
 *
 * @param name its name
 * @param version its version, such as {@code 5.4.7-r0}
 * @param file its file name, such as {@code lua5.4-5.4.7-r0.apk}
 * @param digest the file's digest
 * @param size the file's size in bytes
 * @param license an SPDX expression
 * @param depends what must be installed with it
 * @param provides further names that dependencies may use for it
 */
public record BuiltPackage(
    String name,
    String version,
    String file,
    Digest digest,
    long size,
    String license,
    List<String> depends,
    List<String> provides) {

  /** Copies the lists. */
  public BuiltPackage {
    depends = List.copyOf(depends);
    provides = List.copyOf(provides);
  }
}
