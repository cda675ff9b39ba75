package io.github.prosodyoci.compile.run;

import io.github.prosodyoci.compile.CompileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How the programs of a build are kept apart from the machine, and whether that works here. */
public final class Isolation {

  private static final List<String> NAMESPACES = List.of("-r", "-m", "-u", "-i", "-n", "-p", "-f");

  /** So that nothing goes on if only unshare is ended; BusyBox does not know it. */
  private static final String KILL = "--kill-child";

  private static final Duration TRIAL = Duration.ofMinutes(1);
  private static final int DENIED = 1;
  private static final int VISIBLE = 3;

  private final HostTools tools;
  private final StepLimits limits;
  private final Optional<Closing> closing;
  private final String reason;

  /** All that closes a box. */
  private record Closing(List<String> start, BoxTools tools, BoxSystem system) {}

  private Isolation(HostTools tools, StepLimits limits, Optional<Closing> closing, String reason) {
    this.tools = tools;
    this.limits = limits;
    this.closing = closing;
    this.reason = reason;
  }

  /** Returns no isolation, for a reason that a user is told. */
  static Isolation none(HostTools tools, StepLimits limits, String reason) {
    return new Isolation(tools, limits, Optional.empty(), reason);
  }

  /**
   * Finds out by trying whether this machine can isolate programs.
   *
   * @param hidden folders of the machine that no program in a box may see
   * @param place a folder where boxes will be made
   * @throws CompileException if it cannot be found out
   * @throws IOException if the place cannot be written
   * @throws InterruptedException if this thread is interrupted
   */
  public static Isolation probe(
      HostTools tools, List<Path> hidden, Path place, ProcessRunner runner)
      throws IOException, InterruptedException {
    Files.createDirectories(place);
    BoxSystem system = BoxSystem.ofMachine(hidden);
    HostTools all = tools.and(List.of(Path.of("/usr/sbin"), Path.of("/sbin")));
    BoxTools.Search search = BoxTools.search(name -> all.find(name, system::shows));
    if (search.tools().isEmpty()) {
      return none(tools, runner.limits(), "not found: " + String.join(", ", search.missing()));
    }
    return probe(tools, search.tools().get(), system, place, runner);
  }

  static Isolation probe(
      HostTools tools, BoxTools found, BoxSystem system, Path place, ProcessRunner runner)
      throws IOException, InterruptedException {
    String reason = "";
    for (List<String> options : List.of(List.of(KILL), List.<String>of())) {
      List<String> start = new ArrayList<>(found.unshare());
      start.addAll(NAMESPACES);
      start.addAll(options);
      start.addAll(found.shell());
      Isolation isolation =
          new Isolation(tools, runner.limits(), Optional.of(new Closing(start, found, system)), "");
      reason = isolation.attempt(place, runner);
      if (reason.isEmpty()) {
        return isolation;
      }
    }
    return none(tools, runner.limits(), reason);
  }

  /** Runs a program in a box; returns why that is not possible, or nothing. */
  private String attempt(Path place, ProcessRunner runner)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory(place, ".isolation");
    try {
      Path work = Files.createDirectory(folder.resolve("work"));
      Path log = folder.resolve("log");
      Box box = box(folder.resolve("box"), List.of(Mount.writable(work, "/work")));
      List<String> command = new ArrayList<>(box.prefix(work));
      command.addAll(shell());
      command.addAll(
          List.of("-c", "test ! -e \"$0\" || exit " + VISIBLE + "; : > good", log.toString()));
      Ending ending = runner.run(command, Map.of(), folder, log, TRIAL);
      String output = Files.readString(log, StandardCharsets.ISO_8859_1).strip();
      if (ending.good() && Files.exists(work.resolve("good"))) {
        return "";
      }
      if (ending.cause() == Ending.Cause.EXITED
          && (ending.code() == DENIED || ending.code() == ClosedBox.NOT_MADE)) {
        return output.lines().findFirst().orElse("unshare ended with exit code " + ending.code());
      }
      throw new CompileException(
          "Could not find out whether build steps can be isolated here: the attempt ended with "
              + ending
              + ". Its output: "
              + output);
    } finally {
      Folders.delete(folder);
    }
  }

  private List<String> shell() {
    return closing.map(closed -> closed.tools().shell()).orElse(List.of());
  }

  /** Returns whether programs are kept apart from the machine. */
  public boolean enforced() {
    return closing.isPresent();
  }

  /** Returns why there is no isolation; empty if there is. */
  public String reason() {
    return reason;
  }

  /** Returns whether programs in a box can run a file of the machine by its own path. */
  public boolean shows(Path file) {
    return closing.map(closed -> closed.system().shows(file)).orElse(true);
  }

  /** Returns the folders of the machine that programs in a box see, for people. */
  String shown() {
    return closing.map(closed -> closed.system().folders()).orElse("/");
  }

  /**
   * Makes a box.
   *
   * @param folder a folder for what makes it, which is made and must stay
   * @param mounts what programs in it see beside the system; without isolation, they see all by its
   *     own path
   * @throws CompileException if the machine has no shell
   * @throws IOException if the folder cannot be written
   */
  public Box box(Path folder, List<Mount> mounts) throws IOException {
    if (closing.isPresent()) {
      Closing closed = closing.get();
      return ClosedBox.create(
          folder, closed.start(), closed.tools(), closed.system(), mounts, limits);
    }
    return new OpenBox(
        tools
            .find("sh")
            .orElseThrow(() -> new CompileException("Could not find sh on the PATH. Install it.")),
        limits);
  }
}
