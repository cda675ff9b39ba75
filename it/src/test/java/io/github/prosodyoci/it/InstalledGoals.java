package io.github.prosodyoci.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Calls goals by name where prosody-image was built: those that maven-invoker-plugin has installed
 * just before.
 */
final class InstalledGoals {

  private static final Path LOCAL_REPOSITORY = Path.of("target/local-repo").toAbsolutePath();
  private static final Path PROJECT =
      Path.of(System.getProperty("prosodyoci.it.root"), "prosody-image")
          .toAbsolutePath()
          .normalize();

  private final Path settings;

  /** Finds the goals; without them the calling test is skipped. */
  InstalledGoals() throws IOException {
    assumeTrue(
        Files.isDirectory(LOCAL_REPOSITORY),
        "This test needs the goals that invoker installs: leave out -Dinvoker.skip");
    settings = Workspace.newFolder("settings").resolve("settings.xml");
    String outer = Path.of(System.getProperty("prosodyoci.it.localRepository")).toUri().toString();
    Files.writeString(
        settings,
        Files.readString(Path.of("src/it/settings.xml")).replace("@localRepositoryUrl@", outer));
  }

  /** Runs Maven with goals and options, in the folder of prosody-image. */
  Command.Result run(List<String> words) {
    return run(PROJECT, words);
  }

  /** Runs Maven with goals and options, in the folder of a project. */
  Command.Result run(Path project, List<String> words) {
    List<String> command =
        new ArrayList<>(List.of(System.getProperty("prosodyoci.it.maven"), "-B", "-ntp"));
    command.addAll(options());
    command.add("-Dprosodyoci.cache=" + System.getProperty("prosodyoci.it.cache"));
    command.addAll(words);
    return Command.of(command).in(project).limit(Duration.ofMinutes(10)).run();
  }

  /** Returns the options by which Maven finds the goals. */
  List<String> options() {
    return List.of(
        // The outer build's repository has an address, but is on this machine.
        "-Daether.offline.protocols=file",
        "-s",
        settings.toString(),
        "-Dmaven.repo.local=" + LOCAL_REPOSITORY);
  }
}
