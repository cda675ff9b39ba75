package io.github.prosodyoci.compile.toolchain;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.compile.run.Mount;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The unpacked toolchain.
 *
 * @param root its folder, with {@code bin}, {@code lib} and {@code etc}
 * @param digest the digest of its archive and of how it is set up
 * @param files what the folder must contain
 */
public record Toolchain(Path root, Digest digest, ToolchainFiles files) {

  private static final String PLACE = "/toolchain";

  /** The names under which a build calls the tools, with the programs that they are. */
  static final Map<String, String> TOOLS =
      Map.of(
          "ar", "llvm-ar",
          "ranlib", "llvm-ranlib",
          "nm", "llvm-nm",
          "strip", "llvm-strip",
          "objcopy", "llvm-objcopy",
          "readelf", "llvm-readelf",
          "ld", "ld.lld");

  /** Returns the mount of a toolchain: read-only, at the same path on every machine. */
  public static Mount mount(Path root) {
    return Mount.readOnly(root, PLACE);
  }

  /**
   * Checks that nobody has changed it.
   *
   * @param fully whether every file is hashed, not only those that were touched
   * @throws io.github.prosodyoci.core.FailureException if somebody has
   * @throws IOException if it cannot be read
   */
  public void verify(boolean fully) throws IOException {
    Optional<String> changed = files.difference(root, fully);
    if (changed.isPresent()) {
      throw Failure.of(
              CompileCode.TOOLCHAIN_CHANGED,
              "trust",
              root.resolve(changed.get()).toString(),
              "this part of the toolchain was changed while it was in use")
          .toException();
    }
  }

  /** Returns the program that removes symbols. */
  public Path strip() {
    return root.resolve("bin/llvm-strip");
  }
}
