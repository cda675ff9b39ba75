package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.buildroot.BuildRoot;
import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.compile.run.Ending;
import io.github.prosodyoci.compile.run.Sandbox;
import io.github.prosodyoci.compile.split.InstalledTree;
import io.github.prosodyoci.core.Failure;
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
import java.util.function.Consumer;

/** Runs the steps of one recipe, and strip after them, in one sandbox. */
final class StepRunner {

  private final Recipe recipe;
  private final BuildRoot root;
  private final BuildFolder folder;
  private final Sandbox sandbox;
  private final BuildContext context;
  private final boolean critical;

  /**
   * Creates a runner.
   *
   * @param critical whether the steps go before those of other recipes
   */
  StepRunner(
      Recipe recipe,
      BuildRoot root,
      BuildFolder folder,
      Sandbox sandbox,
      BuildContext context,
      boolean critical) {
    this.recipe = recipe;
    this.root = root;
    this.folder = folder;
    this.sandbox = sandbox;
    this.context = context;
    this.critical = critical;
  }

  /**
   * Runs all steps.
   *
   * @param environment their environment
   * @param stage receives each step's name before it runs
   * @throws io.github.prosodyoci.core.FailureException if one fails
   */
  void run(Map<String, String> environment, Consumer<String> stage)
      throws IOException, InterruptedException {
    StepEnvironment.writeShell(environment, sandbox, folder, root.busybox());
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
      Ending ending =
          start(
              List.of(
                  sandbox.inside(folder.shell()).toString(),
                  "-eu",
                  sandbox.inside(script).toString()),
              environment);
      if (!ending.good()) {
        throw StepFailure.of(recipe.name(), step, ending, context.runner().limits(), folder);
      }
    }
  }

  /**
   * Removes the symbols from all installed programs and libraries.
   *
   * @throws io.github.prosodyoci.core.FailureException if that fails
   */
  void strip() throws IOException, InterruptedException {
    List<String> files =
        InstalledTree.scan(folder.destination()).stream()
            .filter(file -> file.elf().map(elf -> elf.loadable() && !elf.stripped()).orElse(false))
            .map(file -> sandbox.inside(file.file()).toString())
            .toList();
    // Steps may have had access to the build root since it was last checked.
    BuildRoot checked = context.machine().root();
    if (files.isEmpty() || checked.strip().isEmpty()) {
      return;
    }
    List<String> command = new ArrayList<>();
    command.add(sandbox.inside(folder.bin().resolve("strip")).toString());
    command.add("--strip-all");
    command.addAll(files);
    Ending ending = start(command, Map.of("TMPDIR", sandbox.inside(folder.temporary()).toString()));
    if (!ending.good()) {
      throw Failure.of(
              CompileCode.STEP_FAILED,
              "strip",
              "the programs of " + recipe.name(),
              "strip ended with exit code " + ending.code())
          .advising("Its output is in " + folder.log() + ".")
          .toException();
    }
  }

  private Ending start(List<String> program, Map<String, String> environment)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(sandbox.prefix(folder.build()));
    command.addAll(program);
    return context
        .runner()
        .runTied(root.busybox(), command, !critical, environment, folder.root(), folder.log());
  }
}
