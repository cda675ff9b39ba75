package io.github.prosodyoci.compile.toolchain;

import io.github.prosodyoci.compile.CompileException;
import io.github.prosodyoci.compile.run.Mount;
import io.github.prosodyoci.core.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The unpacked compiler.
 *
 * @param root its folder, with {@code bin}, {@code lib} and {@code etc}
 * @param digest the digest of what it was unpacked from, and of how it is set up
 * @param files what the folder must hold
 */
public record Toolchain(Path root, Digest digest, ToolchainFiles files) {

  private static final String PLACE = "/toolchain";

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

  /** Returns what makes a box show a toolchain: read-only, at the same place on every machine. */
  public static Mount mount(Path root) {
    return Mount.readOnly(root, PLACE);
  }

  /**
   * Checks that nobody has changed it.
   *
   * @param fully whether every file is hashed, not only those that somebody touched
   * @throws CompileException if somebody has
   * @throws IOException if it cannot be read
   */
  public void verify(boolean fully) throws IOException {
    Optional<String> changed = files.difference(root, fully);
    if (changed.isPresent()) {
      throw new CompileException(
          "Could not go on: "
              + root.resolve(changed.get())
              + " of the compiler was changed while it was in use, so that what was built since"
              + " may hold anything. Find out what changed it; the next build unpacks the compiler"
              + " again.");
    }
  }

  /** Returns the program that removes symbols. */
  public Path strip() {
    return root.resolve("bin/llvm-strip");
  }
}
