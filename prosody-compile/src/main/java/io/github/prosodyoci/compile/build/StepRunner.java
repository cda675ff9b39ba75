package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.CompileException;
import io.github.prosodyoci.compile.run.Box;
import io.github.prosodyoci.compile.run.Ending;
import io.github.prosodyoci.compile.split.InstalledTree;
import io.github.prosodyoci.compile.toolchain.Toolchain;
import io.github.prosodyoci.recipe.Recipe;
import io.github.prosodyoci.recipe.Step;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Runs the steps of one recipe, and what follows them, in one box. */
final class StepRunner {

  private final Recipe recipe;
  private final BuildFolder folder;
  private final Box box;
  private final BuildContext context;
  private final boolean urgent;

  /**
   * Creates a runner.
   *
   * @param urgent whether the steps go before those of other recipes
   */
  StepRunner(Recipe recipe, BuildFolder folder, Box box, BuildContext context, boolean urgent) {
    this.recipe = recipe;
    this.folder = folder;
    this.box = box;
    this.context = context;
    this.urgent = urgent;
  }

  /**
   * Runs all steps.
   *
   * @param environment their environment
   * @param stage is told each step's name before it runs
   * @throws CompileException if one fails
   */
  void run(Map<String, String> environment, Consumer<String> stage)
      throws IOException, InterruptedException {
    StepEnvironment.writeShell(environment, box, folder);
    int number = 0;
    for (Step step : recipe.pipeline()) {
      number++;
      stage.accept(step.name());
      Path script = folder.steps().resolve(number + ".sh");
      Files.writeString(script, step.run());
      Files.writeString(
          folder.log(),
          "==== " + step.name() + "\n",
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
      Ending ending = start(List.of("sh", "-eu", box.inside(script).toString()), environment);
      if (!ending.good()) {
        throw StepFailure.of(recipe.name(), step, ending, context.runner().limits(), folder);
      }
    }
  }

  /**
   * Removes the symbols from all installed programs and libraries.
   *
   * @throws CompileException if that fails
   */
  void strip() throws IOException, InterruptedException {
    List<String> files =
        InstalledTree.scan(folder.destination()).stream()
            .filter(file -> file.elf().map(elf -> elf.loadable() && !elf.stripped()).orElse(false))
            .map(file -> box.inside(file.file()).toString())
            .toList();
    // Steps had the compiler before them since it was last looked at.
    Optional<Toolchain> toolchain = context.machine().toolchain();
    if (files.isEmpty() || toolchain.isEmpty()) {
      return;
    }
    List<String> command = new ArrayList<>();
    command.add(box.inside(toolchain.get().strip()).toString());
    command.add("--strip-all");
    command.addAll(files);
    Ending ending = start(command, Map.of("TMPDIR", box.inside(folder.temporary()).toString()));
    if (!ending.good()) {
      throw new CompileException(
          "Could not strip the programs of " + recipe.name() + ": see " + folder.log() + ".");
    }
  }

  private Ending start(List<String> program, Map<String, String> environment)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(politeness());
    command.addAll(box.prefix(folder.build()));
    command.addAll(program);
    return context.runner().run(command, environment, folder.root(), folder.log());
  }

  /** Returns what makes a step leave the processor to those that the whole build waits for. */
  private List<String> politeness() {
    return context
        .machine()
        .tools()
        .find("nice")
        .filter(nice -> !urgent)
        .map(nice -> List.of(nice.toString(), "-n", "10"))
        .orElse(List.of());
  }
}
