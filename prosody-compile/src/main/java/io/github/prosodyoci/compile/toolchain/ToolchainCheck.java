package io.github.prosodyoci.compile.toolchain;

import io.github.prosodyoci.compile.elf.ElfFile;
import io.github.prosodyoci.compile.elf.ElfReader;
import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.compile.run.Ending;
import io.github.prosodyoci.compile.run.Folders;
import io.github.prosodyoci.compile.run.Isolation;
import io.github.prosodyoci.compile.run.ProcessRunner;
import io.github.prosodyoci.compile.run.Sandbox;
import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.core.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs compiler and linker once, because they need a few libraries of this machine. */
public final class ToolchainCheck {

  private static final List<String> PROGRAMS =
      List.of("clang", "ld.lld", "llvm-objcopy", "llvm-readelf");

  /** {@code EM_X86_64} and {@code EM_AARCH64} of the System V ABI. */
  private static final Map<String, Integer> MACHINES = Map.of("x86_64", 62, "aarch64", 183);

  private final BuildHost host;
  private final Isolation isolation;
  private final ProcessRunner runner;

  /** Creates a check that runs the programs as steps run. */
  public ToolchainCheck(BuildHost host, Isolation isolation, ProcessRunner runner) {
    this.host = host;
    this.isolation = isolation;
    this.runner = runner;
  }

  /**
   * Checks a toolchain.
   *
   * @param root its folder
   * @param scratch a folder for temporary files
   * @throws io.github.prosodyoci.core.FailureException if a program does not start
   * @throws IOException if the folder cannot be written
   * @throws InterruptedException if this thread is interrupted
   */
  void check(Path root, Path scratch) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory(scratch, ".check");
    try {
      Sandbox sandbox =
          isolation.sandbox(folder.resolve("sandbox"), List.of(Toolchain.mount(root)));
      Path log = folder.resolve("log");
      for (String program : PROGRAMS) {
        checkMachine(root.resolve("bin").resolve(program));
        List<String> command = new ArrayList<>(sandbox.prefix(root));
        command.add(sandbox.inside(root.resolve("bin").resolve(program)).toString());
        command.add("--version");
        Ending ending = runner.run(command, Map.of(), folder, log);
        if (!ending.good()) {
          throw Failure.of(
                  CompileCode.TOOLCHAIN_UNUSABLE,
                  "run",
                  program,
                  "it does not start on this machine ("
                      + ending
                      + "): "
                      + Files.readString(log, StandardCharsets.ISO_8859_1).strip())
              .advising(
                  "Install the library that it names (Debian, Ubuntu: apt-get install libstdc++6"
                      + " zlib1g).")
              .toException();
        }
        Files.delete(log);
      }
    } finally {
      Folders.delete(folder);
    }
  }

  private void checkMachine(Path program) throws IOException {
    int expected = MACHINES.getOrDefault(host.apkArchitecture(), 0);
    Optional<Integer> found = ElfReader.read(program).map(ElfFile::machine);
    if (found.isPresent() && found.get() != expected) {
      throw Failure.of(
              CompileCode.TOOLCHAIN_ARCHIVE,
              "use",
              "the toolchain",
              program.getFileName()
                  + " is for another architecture (ELF machine "
                  + found.get()
                  + ")")
          .expecting(host + " (ELF machine " + expected + ")")
          .toException();
    }
  }
}
