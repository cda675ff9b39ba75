package io.github.prosodyoci.it.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A program of this machine, run to its end with its output kept. */
public final class Command {

  /**
   * How a program ended.
   *
   * @param exitCode its exit code, 128 and the signal's number if a signal ended it
   * @param output what it wrote, standard output and standard error as they came
   */
  public record Result(int exitCode, String output) {

    /** Returns the lines of the output. */
    public List<String> lines() {
      return output.lines().toList();
    }
  }

  private final List<String> arguments;
  private final Map<String, String> environment = new LinkedHashMap<>();
  private boolean cleanEnvironment;
  private @Nullable Path folder;
  private Duration limit = Duration.ofMinutes(2);

  private Command(List<String> arguments) {
    this.arguments = List.copyOf(arguments);
  }

  /** Returns a command of a program, looked up on the PATH, and its arguments. */
  public static Command of(String... arguments) {
    return new Command(Arrays.asList(arguments));
  }

  /** Returns a command of a program, looked up on the PATH, and its arguments. */
  public static Command of(List<String> arguments) {
    return new Command(arguments);
  }

  /** Runs the program in a folder instead of the test's own. */
  public Command in(Path newFolder) {
    folder = newFolder;
    return this;
  }

  /** Adds a variable to the program's environment. */
  public Command env(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** Gives the program none of the test's own environment, only these variables. */
  public Command onlyEnv(Map<String, String> variables) {
    cleanEnvironment = true;
    environment.putAll(variables);
    return this;
  }

  /** Kills the program when it runs longer than this, two minutes unless told. */
  public Command limit(Duration newLimit) {
    limit = newLimit;
    return this;
  }

  /** Returns the program and its arguments, such that a shell's {@code exec} runs it likewise. */
  public List<String> words() {
    List<String> words = new ArrayList<>();
    words.add("env");
    if (cleanEnvironment) {
      words.add("-i");
    }
    environment.forEach((name, value) -> words.add(name + "=" + value));
    words.addAll(arguments);
    return words;
  }

  /**
   * Runs the program and returns its standard output.
   *
   * @throws AssertionError if it ends with another exit code than 0
   */
  public String output() {
    Result result = run();
    if (result.exitCode() != 0) {
      throw new AssertionError(
          "Exit code " + result.exitCode() + " of " + arguments + ":\n" + result.output());
    }
    return result.output();
  }

  /** Runs the program to its end, whatever its exit code. */
  public Result run() {
    ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(arguments));
    if (cleanEnvironment) {
      builder.environment().clear();
    }
    builder.environment().putAll(environment);
    if (folder != null) {
      builder.directory(folder.toFile());
    }
    builder.redirectErrorStream(true);
    try {
      // A file, not a pipe: a program's own children may hold a pipe open after its end.
      Path file = Files.createTempFile("command", ".log");
      try {
        builder.redirectOutput(file.toFile());
        Process process = builder.start();
        process.getOutputStream().close();
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
          process.descendants().forEach(ProcessHandle::destroyForcibly);
          process.destroyForcibly();
          throw new AssertionError(
              "Not ended after " + limit + ": " + arguments + "\n" + Files.readString(file));
        }
        return new Result(
            process.exitValue(), new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Could not run " + arguments, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while running " + arguments, e);
    }
  }
}
