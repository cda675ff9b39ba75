package io.github.prosodyoci.compile.toolchain;

import io.github.prosodyoci.compile.run.Sandbox;
import io.github.prosodyoci.core.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/** Adds the compiler to the folder that is a step's {@code PATH}. */
public final class CompilerFolder {

  private static final String WRAPPER =
      """
      #!/bin/sh
      exec '@TOOLCHAIN@/bin/clang' --config='@TOOLCHAIN@/etc/cc.cfg' --target=@TRIPLE@ \
      --sysroot='@SYSROOT@' -resource-dir='@SYSROOT@/usr/lib/clang' \
      -ffile-prefix-map='@WORK@/build'=. -ffile-prefix-map='@WORK@'=/ \
      -ffile-prefix-map='@TOOLCHAIN@'=/toolchain @MORE@"$@"
      """;

  /** All of this class that can change what is built; part of the toolchain's digest. */
  static final String DESCRIPTION = WRAPPER;

  private final Toolchain toolchain;
  private final Path work;
  private final Sandbox sandbox;

  /**
   * Creates it.
   *
   * @param work the folder of a build, whose path must not be in what is built
   * @param sandbox where the compiler will run
   */
  public CompilerFolder(Toolchain toolchain, Path work, Sandbox sandbox) {
    this.toolchain = toolchain;
    this.work = work;
    this.sandbox = sandbox;
  }

  /**
   * Adds {@code cc} and the other tools for a target.
   *
   * @throws IOException if the folder cannot be written
   */
  public void addTarget(Path bin, Platform target, Path sysroot) throws IOException {
    wrapper(bin.resolve("cc"), target, sysroot, "");
    Files.createSymbolicLink(bin.resolve("clang"), Path.of("cc"));
    for (Map.Entry<String, String> tool : Toolchain.TOOLS.entrySet()) {
      Files.createSymbolicLink(
          bin.resolve(tool.getKey()),
          sandbox.inside(toolchain.root().resolve("bin").resolve(tool.getValue())));
    }
  }

  /**
   * Adds {@code hostcc}, which makes static programs for the machine that builds.
   *
   * @throws IOException if the folder cannot be written
   */
  public void addHost(Path bin, Platform host, Path sysroot) throws IOException {
    wrapper(bin.resolve("hostcc"), host, sysroot, "-static ");
  }

  private void wrapper(Path file, Platform platform, Path sysroot, String more) throws IOException {
    String text = WRAPPER;
    for (List<String> variable :
        List.of(
            List.of("@TOOLCHAIN@", quoted(toolchain.root())),
            List.of("@SYSROOT@", quoted(sysroot)),
            List.of("@WORK@", quoted(work)),
            List.of("@TRIPLE@", platform.triple()),
            List.of("@MORE@", more))) {
      text = text.replace(variable.get(0), variable.get(1));
    }
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private String quoted(Path path) {
    return sandbox.inside(path).toString().replace("'", "'\\''");
  }
}
