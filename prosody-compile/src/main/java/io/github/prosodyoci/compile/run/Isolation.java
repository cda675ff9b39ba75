package io.github.prosodyoci.compile.run;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
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

  private static final List<String> NAMESPACES = List.of("-r", "-m", "-u", "-i", "-n", "-p", "-f");

  /** Ends everything if only unshare is ended; BusyBox does not have this option. */
  private static final String KILL = "--kill-child";

  private static final Duration TRIAL = Duration.ofMinutes(1);
  private static final int DENIED = 1;
  private static final int VISIBLE = 3;

  private final HostTools tools;
  private final StepLimits limits;
  private final Optional<Means> means;
  private final String reason;

  /** All that makes a sandbox. */
  private record Means(List<String> start, SandboxTools tools, SystemView system) {}

  private Isolation(HostTools tools, StepLimits limits, Optional<Means> means, String reason) {
    this.tools = tools;
    this.limits = limits;
    this.means = means;
    this.reason = reason;
  }

  /** Returns no isolation, for a reason that the user gets to know. */
  static Isolation none(HostTools tools, StepLimits limits, String reason) {
    return new Isolation(tools, limits, Optional.empty(), reason);
  }

  /**
   * Determines by trying whether this machine can isolate programs.
   *
   * @param hidden folders of the machine that no program in a sandbox may see
   * @param place a folder where sandboxes will be created
   * @throws FailureException if that cannot be determined: a failed attempt never means that there
   *     is no isolation
   * @throws IOException if the place cannot be written
   * @throws InterruptedException if this thread is interrupted
   */
  public static Isolation probe(
      HostTools tools, List<Path> hidden, Path place, ProcessRunner runner)
      throws IOException, InterruptedException {
    Files.createDirectories(place);
    SystemView system = SystemView.ofMachine(hidden);
    HostTools all = tools.and(List.of(Path.of("/usr/sbin"), Path.of("/sbin")));
    SandboxTools.Search search = SandboxTools.search(name -> all.find(name, system::shows));
    if (search.tools().isEmpty()) {
      return none(tools, runner.limits(), "not found: " + String.join(", ", search.missing()));
    }
    return probe(tools, search.tools().get(), system, place, runner);
  }

  static Isolation probe(
      HostTools tools, SandboxTools found, SystemView system, Path place, ProcessRunner runner)
      throws IOException, InterruptedException {
    String reason = "";
    for (List<String> options : List.of(List.of(KILL), List.<String>of())) {
      List<String> start = new ArrayList<>(found.unshare());
      start.addAll(NAMESPACES);
      start.addAll(options);
      start.addAll(found.shell());
      Isolation isolation =
          new Isolation(tools, runner.limits(), Optional.of(new Means(start, found, system)), "");
      reason = isolation.attempt(place, runner);
      if (reason.isEmpty()) {
        return isolation;
      }
    }
    return none(tools, runner.limits(), reason);
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
      command.addAll(shell());
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

  private List<String> shell() {
    return means.map(found -> found.tools().shell()).orElse(List.of());
  }

  /** Returns whether programs are isolated. */
  public boolean enforced() {
    return means.isPresent();
  }

  /** Returns why there is no isolation; empty if there is. */
  public String reason() {
    return reason;
  }

  /** Returns whether programs in a sandbox see a file of the machine under the same path. */
  public boolean shows(Path file) {
    return means.map(found -> found.system().shows(file)).orElse(true);
  }

  /** Returns the folders of the machine that programs in a sandbox see, for people. */
  String shown() {
    return means.map(found -> found.system().folders()).orElse("/");
  }

  /**
   * Creates a sandbox.
   *
   * @param folder a folder for its files, which is created and must stay
   * @param mounts what programs in it see besides the system; without isolation, they see
   *     everything under its own path
   * @throws FailureException if the machine has no shell
   * @throws IOException if the folder cannot be written
   */
  public Sandbox sandbox(Path folder, List<Mount> mounts) throws IOException {
    if (means.isPresent()) {
      Means found = means.get();
      return NamespaceSandbox.create(
          folder, found.start(), found.tools(), found.system(), mounts, limits);
    }
    return new OpenSandbox(
        tools
            .find("sh")
            .orElseThrow(
                () ->
                    Failure.of(CompileCode.HOST_TOOL_MISSING, "find", "sh", "it is not on the PATH")
                        .advising("Install it.")
                        .toException()),
        limits);
  }
}
