package io.github.prosodyoci.compile.toolchain;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.compile.run.Sandbox;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Platform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The compiler of a step, in front of a clang that prints its arguments. */
final class CompilerFolderTest {

  /** Shows everything under its own path. */
  private static final Sandbox SANDBOX =
      new Sandbox() {
        @Override
        public List<String> prefix(Path folder) {
          return List.of();
        }

        @Override
        public Path inside(Path file) {
          return file;
        }
      };

  @TempDir private Path folder;
  private Path bin;
  private Path root;
  private Path work;
  private CompilerFolder compiler;

  @BeforeEach
  void prepare() throws IOException {
    bin = Files.createDirectory(folder.resolve("bin"));
    root = folder.resolve("it's a toolchain");
    work = folder.resolve("wo'rk");
    Path clang = Files.createDirectories(root.resolve("bin")).resolve("clang");
    Files.writeString(clang, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
    Files.setPosixFilePermissions(clang, PosixFilePermissions.fromString("rwxr-xr-x"));
    compiler =
        new CompilerFolder(
            new Toolchain(root, Digest.of(new byte[0]), new ToolchainFiles(List.of())),
            work,
            SANDBOX);
  }

  private List<String> run(String program, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(bin.resolve(program).toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.lines().toList();
  }

  @Test
  void addTarget_cc_knowsTargetSysrootAndPrefixes() throws Exception {
    Path sysroot = work.resolve("sysroot");
    compiler.addTarget(bin, Platform.LINUX_ARM64, sysroot);

    assertThat(run("cc", "-c", "a b.c"))
        .containsExactly(
            "--config=" + root + "/etc/cc.cfg",
            "--target=aarch64-linux-musl",
            "--sysroot=" + sysroot,
            "-resource-dir=" + sysroot + "/usr/lib/clang",
            "-ffile-prefix-map=" + work + "/build=.",
            "-ffile-prefix-map=" + work + "=/",
            "-ffile-prefix-map=" + root + "=/toolchain",
            "-c",
            "a b.c");
    assertThat(Files.readSymbolicLink(bin.resolve("clang"))).isEqualTo(Path.of("cc"));
    assertThat(Files.readSymbolicLink(bin.resolve("strip")))
        .isEqualTo(root.resolve("bin/llvm-strip"));
    assertThat(Files.readSymbolicLink(bin.resolve("ld"))).isEqualTo(root.resolve("bin/ld.lld"));
  }

  @Test
  void addHost_hostcc_makesStaticPrograms() throws Exception {
    compiler.addHost(bin, Platform.LINUX_AMD64, work.resolve("hostroot"));

    assertThat(run("hostcc", "x.c"))
        .contains("--target=x86_64-linux-musl", "--sysroot=" + work + "/hostroot")
        .endsWith("-static", "x.c");
    assertThat(bin.resolve("cc")).doesNotExist();
  }
}
