package io.github.prosodyoci.compile.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * How a step is kept from the network, where the kernel lets an ordinary user do that.
 *
 * @param prefix what is put before a command; empty if there is no way here
 */
public record Isolation(List<String> prefix) {

  // In its own process space a step also cannot leave anything running behind.
  private static final List<List<String>> WAYS =
      List.of(
          List.of("unshare", "--map-current-user", "--net", "--pid", "--fork", "--kill-child"),
          List.of("unshare", "--map-current-user", "--net"),
          List.of("unshare", "--map-root-user", "--net"),
          List.of("bwrap", "--bind", "/", "/", "--dev-bind", "/dev", "/dev", "--unshare-net"));

  /** Copies the list. */
  public Isolation {
    prefix = List.copyOf(prefix);
  }

  /** Returns no isolation. */
  public static Isolation none() {
    return new Isolation(List.of());
  }

  /** Returns the best way that works here, found out by trying. */
  public static Isolation probe(HostTools tools) {
    Optional<Path> nothing = tools.find("true");
    for (List<String> way : WAYS) {
      Optional<Path> program = tools.find(way.get(0));
      if (program.isPresent() && nothing.isPresent()) {
        List<String> prefix = new ArrayList<>(way);
        prefix.set(0, program.get().toString());
        if (works(prefix, nothing.get())) {
          return new Isolation(prefix);
        }
      }
    }
    return none();
  }

  private static boolean works(List<String> prefix, Path nothing) {
    List<String> command = new ArrayList<>(prefix);
    command.add(nothing.toString());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      boolean good = process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
      process.destroyForcibly();
      return good;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
