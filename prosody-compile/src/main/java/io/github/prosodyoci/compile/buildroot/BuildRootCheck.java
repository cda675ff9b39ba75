package io.github.prosodyoci.compile.buildroot;

import io.github.prosodyoci.compile.elf.ElfFile;
import io.github.prosodyoci.compile.elf.ElfReader;
import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.compile.run.Ending;
import io.github.prosodyoci.compile.run.Isolation;
import io.github.prosodyoci.compile.run.Mount;
import io.github.prosodyoci.compile.run.ProcessRunner;
import io.github.prosodyoci.compile.run.Sandbox;
import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.Folders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Starts the programs of a build root once, as steps start them, to find a missing library. */
public final class BuildRootCheck {

  private static final List<String> PROGRAMS =
      List.of("make", "perl", "install", "ld", "objcopy", "readelf");

  private BuildRootCheck() {}

  /**
   * Checks that a program is for a machine.
   *
   * @throws io.github.prosodyoci.core.FailureException if it is for another one
   * @throws IOException if it cannot be read
   */
  static void machine(Path program, BuildHost host) throws IOException {
    int expected = host.platform().elfMachine();
    Optional<Integer> found = ElfReader.read(program).map(ElfFile::machine);
    if (found.isPresent() && found.get() != expected) {
      throw Failure.of(
              CompileCode.BUILD_ROOT_PACKAGE,
              "use",
              "the build root",
              program.getFileName()
                  + " is for another architecture (ELF machine "
                  + found.get()
                  + ")")
          .expecting(host + " (ELF machine " + expected + ")")
          .toException();
    }
  }

  /**
   * Checks that the programs start.
   *
   * @param place a folder for temporary files
   * @throws io.github.prosodyoci.core.FailureException if one does not start
   * @throws IOException if the folder cannot be written
   * @throws InterruptedException if this thread is interrupted
   */
  public static void run(BuildRoot root, Isolation isolation, ProcessRunner runner, Path place)
      throws IOException, InterruptedException {
    Files.createDirectories(place);
    Path folder = Files.createTempDirectory(place, ".check");
    try {
      Path bin = Files.createDirectories(folder.resolve("work/bin"));
      Path work = folder.resolve("work");
      Sandbox sandbox =
          isolation.sandbox(folder.resolve("sandbox"), List.of(Mount.readOnly(work, "/work")));
      StepPrograms programs = new StepPrograms(root, work, sandbox, bin);
      programs.addAll();
      Path log = folder.resolve("log");
      for (String program : PROGRAMS) {
        Path file = bin.resolve(program);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
          check(file, sandbox, runner, work, log);
        }
      }
    } finally {
      Folders.delete(folder);
    }
  }

  private static void check(
      Path program, Sandbox sandbox, ProcessRunner runner, Path work, Path log)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(sandbox.prefix(work));
    command.add(sandbox.inside(program).toString());
    command.add("--version");
    Ending ending = runner.run(command, Map.of(), work, log);
    if (!ending.good()) {
      throw Failure.of(
              CompileCode.BUILD_ROOT_UNUSABLE,
              "run",
              program.getFileName() + " of the build root",
              "it does not start ("
                  + ending
                  + "): "
                  + Files.readString(log, StandardCharsets.ISO_8859_1).strip())
          .toException();
    }
    Files.delete(log);
  }
}
