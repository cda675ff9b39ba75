package io.github.prosodyoci.compile.toolchain;

import io.github.prosodyoci.archive.Digest;
import java.nio.file.Path;
import java.util.Map;

/**
 * The unpacked compiler.
 *
 * @param root its folder, with {@code bin}, {@code lib} and {@code etc}
 * @param digest the digest of what it was unpacked from, and of how it is set up
 */
public record Toolchain(Path root, Digest digest) {

  /** The names that a build calls our tools by, and the programs that they stand for. */
  static final Map<String, String> TOOLS =
      Map.of(
          "ar", "llvm-ar",
          "ranlib", "llvm-ranlib",
          "nm", "llvm-nm",
          "strip", "llvm-strip",
          "objcopy", "llvm-objcopy",
          "readelf", "llvm-readelf",
          "ld", "ld.lld");

  /** Returns the program that removes symbols. */
  public Path strip() {
    return root.resolve("bin/llvm-strip");
  }
}
