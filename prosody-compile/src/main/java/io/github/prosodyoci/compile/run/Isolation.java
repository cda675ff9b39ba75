package io.github.prosodyoci.compile.run;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Folders;
import io.github.prosodyoci.core.Reasons;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How the programs of a build are isolated from this machine, and whether that is possible. */
public final class Isolation {

  private static final Duration TRIAL = Duration.ofMinutes(1);
  private static final int DENIED = 1;
  private static final int VISIBLE = 3;

  private final Path root;
  private final StepLimits limits;
  private final Optional<String> reason;

  private Isolation(Path root, StepLimits limits, Optional<String> reason) {
    this.root = root;
    this.limits = limits;
    this.reason = reason;
  }

  /**
   * Returns no isolation.
   *
   * @param reason why, for the user
   */
  public static Isolation none(Path root, StepLimits limits, String reason) {
    return new Isolation(root, limits, Optional.of(reason));
  }

  /**
   * Determines by trying whether this machine can isolate programs.
   *
   * @param root the build root, whose BusyBox makes the sandboxes
   * @param place a folder where sandboxes will be created
   * @throws FailureException if that cannot be determined: a failed attempt never means that there
   *     is no isolation
   * @throws IOException if the place cannot be written
   * @throws InterruptedException if this thread is interrupted
   */
  public static Isolation probe(Path root, Path place, ProcessRunner runner)
      throws IOException, InterruptedException {
    Files.createDirectories(place);
    Isolation isolation = new Isolation(root, runner.limits(), Optional.empty());
    String reason = isolation.attempt(place, runner);
    return reason.isEmpty() ? isolation : none(root, runner.limits(), reason);
  }

  /** Runs a program in a sandbox; returns why that is not possible, or an empty text. */
  private String attempt(Path place, ProcessRunner runner)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory(place, ".isolation");
    try {
      Path work = Files.createDirectory(folder.resolve("work"));
      Path log = folder.resolve("log");
      Sandbox sandbox = sandbox(folder.resolve("sandbox"), List.of(Mount.writable(work, "/work")));
      List<String> command = new ArrayList<>(sandbox.prefix(work));
      command.addAll(List.of("/" + NamespaceSandbox.BUSYBOX, "sh"));
      command.addAll(
          List.of("-c", "test ! -e \"$0\" || exit " + VISIBLE + "; : > good", log.toString()));
      Ending ending = start(runner, command, folder, log);
      String output = Files.readString(log, StandardCharsets.ISO_8859_1).strip();
      if (ending.good() && Files.exists(work.resolve("good"))) {
        return "";
      }
      if (ending.cause() == Ending.Cause.EXITED
          && (ending.code() == DENIED || ending.code() == NamespaceSandbox.NOT_MADE)) {
        return output.lines().findFirst().orElse("unshare ended with exit code " + ending.code());
      }
      throw unknown("the attempt ended with " + ending + ", and its output is: " + output)
          .toException();
    } finally {
      Folders.delete(folder);
    }
  }

  private static Ending start(ProcessRunner runner, List<String> command, Path folder, Path log)
      throws InterruptedException {
    try {
      return runner.run(command, Map.of(), folder, log, TRIAL);
    } catch (IOException e) {
      if (FileFailures.isInterrupt(e)) {
        throw FileFailures.interrupted("determine", "whether build steps can be isolated", e);
      }
      throw unknown(command.get(0) + " does not start: " + Reasons.of(e)).toException(e);
    }
  }

  private static Failure unknown(String found) {
    return Failure.of(
        CompileCode.ISOLATION_UNKNOWN, "determine", "whether build steps can be isolated", found);
  }

  /** Returns whether programs are isolated. */
  public boolean enforced() {
    return reason.isEmpty();
  }

  /** Returns why there is no isolation; empty if there is. */
  public String reason() {
    return reason.orElse("");
  }

  /**
   * Creates a sandbox.
   *
   * @param folder a folder for its files, which is created and must stay
   * @param mounts what programs in it see besides the build root; without isolation, they see
   *     everything under its own path
   * @throws IOException if the folder cannot be written
   */
  public Sandbox sandbox(Path folder, List<Mount> mounts) throws IOException {
    return enforced()
        ? NamespaceSandbox.create(folder, root, mounts, limits)
        : new OpenSandbox(root.resolve(NamespaceSandbox.BUSYBOX), limits);
  }
}
