package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.compile.run.Ending;
import io.github.prosodyoci.compile.run.StepLimits;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.recipe.Step;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Collectors;

/** Says how a step failed and what it left behind. */
final class StepFailure {

  private static final int LAST_LINES = 25;

  /** A shell's exit code for a command that it does not find (POSIX, 2.8.2). */
  private static final int NOT_FOUND = 127;

  private static final int LONGEST_LINE = 400;
  private static final long LITTLE_SPACE = 1 << 20;

  private StepFailure() {}

  static FailureException of(
      String recipe, Step step, Ending ending, StepLimits limits, BuildFolder folder) {
    Failure failure =
        switch (ending.cause()) {
          case TIME ->
              limit(
                  "it ran for more than "
                      + limits.time().toMinutes()
                      + " minutes (-Dprosodyoci.stepTimeoutMinutes=<minutes>)",
                  "");
          case PROCESSES ->
              limit(
                  "it ran more than " + limits.processes() + " processes at the same time",
                  "Find the command that starts them.");
          case MEMORY ->
              limit(
                  "build steps used more than "
                      + (limits.memoryBytes() >> 20)
                      + " MiB of memory, and this one most of it",
                  "Use fewer cores (-Dprosodyoci.jobs=1), or find the command that needs so much.");
          case EXITED ->
              ending.fileTooLarge()
                  ? limit(
                      "it wrote a file larger than " + (limits.fileBytes() >> 20) + " MiB",
                      "Find the command that writes it.")
                  : exited(ending.code());
        };
    return failure
        .about("run", "step '" + step.name() + "' of " + recipe)
        .at(step.where())
        .advising(
            failure.advice().map(advice -> advice + " ").orElse("")
                + "Its last lines:\n"
                + lastLines(folder)
                + "\n"
                + fullDisk(folder)
                + "The whole log: "
                + folder.log()
                + "\nA shell where it stopped: "
                + folder.enter())
        .toException();
  }

  private static Failure exited(int code) {
    String found = "it ended with exit code " + code;
    return code == NOT_FOUND
        ? Failure.of(
                CompileCode.STEP_FAILED,
                "",
                "",
                found + ", which a shell gives for a program that it does not find")
            .advising("See docs/recipes.md, \"What a step sees\", for the programs of a step.")
        : Failure.of(CompileCode.STEP_FAILED, "", "", found);
  }

  private static Failure limit(String found, String advice) {
    Failure failure = Failure.of(CompileCode.STEP_LIMIT, "", "", found);
    return advice.isEmpty() ? failure : failure.advising(advice);
  }

  private static String lastLines(BuildFolder folder) {
    try {
      // Not readString, which fails at the first byte that is not UTF-8.
      List<String> lines =
          new String(Files.readAllBytes(folder.log()), StandardCharsets.UTF_8).lines().toList();
      return lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()).stream()
          .map(line -> "    " + (line.length() > LONGEST_LINE ? cut(line) : line))
          .collect(Collectors.joining("\n"));
    } catch (IOException e) {
      return "    (the log cannot be read: " + Reasons.of(e) + ")";
    }
  }

  private static String cut(String line) {
    return line.substring(0, LONGEST_LINE) + " ...";
  }

  private static String fullDisk(BuildFolder folder) {
    try {
      if (Files.getFileStore(folder.root()).getUsableSpace() < LITTLE_SPACE) {
        return "The disk that holds " + folder.root() + " is full: free some space.\n";
      }
    } catch (IOException e) {
      // Then there is nothing to add.
    }
    return "";
  }
}
