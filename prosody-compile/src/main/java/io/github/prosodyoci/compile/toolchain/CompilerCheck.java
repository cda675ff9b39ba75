package io.github.prosodyoci.compile.toolchain;

import io.github.prosodyoci.compile.CompileException;
import io.github.prosodyoci.compile.run.Box;
import io.github.prosodyoci.compile.run.Ending;
import io.github.prosodyoci.compile.run.Folders;
import io.github.prosodyoci.compile.run.Isolation;
import io.github.prosodyoci.compile.run.ProcessRunner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs compiler and linker once, since they need a few libraries of the machine. */
public final class CompilerCheck {

  private static final List<String> PROGRAMS =
      List.of("clang", "ld.lld", "llvm-objcopy", "llvm-readelf");

  private final Isolation isolation;
  private final ProcessRunner runner;

  /** Creates a check that runs the programs as steps run. */
  public CompilerCheck(Isolation isolation, ProcessRunner runner) {
    this.isolation = isolation;
    this.runner = runner;
  }

  /**
   * Checks a toolchain.
   *
   * @param root its folder
   * @param scratch a folder to use for it
   * @throws CompileException if a program does not start
   * @throws IOException if the folder cannot be written
   * @throws InterruptedException if this thread is interrupted
   */
  void check(Path root, Path scratch) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory(scratch, ".check");
    try {
      Box box = isolation.box(folder.resolve("box"), List.of(Toolchain.mount(root)));
      Path log = folder.resolve("log");
      for (String program : PROGRAMS) {
        List<String> command = new ArrayList<>(box.prefix(root));
        command.add(box.inside(root.resolve("bin").resolve(program)).toString());
        command.add("--version");
        Ending ending = runner.run(command, Map.of(), folder, log);
        if (!ending.good()) {
          throw new CompileException(
              "Could not use the compiler: "
                  + program
                  + " does not start on this machine: "
                  + Files.readString(log, StandardCharsets.ISO_8859_1).strip()
                  + ". Install what it names (Debian, Ubuntu: apt-get install libstdc++6"
                  + " zlib1g).");
        }
        Files.delete(log);
      }
    } finally {
      Folders.delete(folder);
    }
  }
}
