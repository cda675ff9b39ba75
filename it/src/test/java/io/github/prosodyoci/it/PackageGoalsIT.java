package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.FileTree;
import io.github.prosodyoci.it.container.Workspace;
import io.github.prosodyoci.packages.AlpineFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The goals on packages that are called by name where prosody-image was built. */
class PackageGoalsIT {

  private static InstalledGoals goals;

  @BeforeAll
  static void findGoals() throws IOException {
    goals = new InstalledGoals();
  }

  private static Command.Result maven(String goal, String... options) {
    return run(goal, Stream.concat(Stream.of("-o"), Stream.of(options)).toArray(String[]::new));
  }

  private static Command.Result run(String goal, String... options) {
    List<String> words = new ArrayList<>(List.of("alpine-packages:" + goal));
    words.addAll(List.of(options));
    return goals.run(words);
  }

  private static String succeed(Command.Result result) {
    assertThat(result.exitCode()).as(result.output()).isZero();
    return result.output();
  }

  @Test
  void why_library_tellsTheChainUpToTheWorld() {
    String log = succeed(maven("why", "-Dprosodyoci.why=so:libexpat.so.1"));

    assertThat(log)
        .containsPattern(
            "libexpat-[^ ]+-r\\d+ provides so:libexpat\\.so\\.1, from .*packages\\R"
                + ".* {2}lua5\\.4-expat needs so:libexpat\\.so\\.1\\R"
                + "(.*\\R)*?.* the world asks for lua5\\.4-expat\\R");
  }

  @Test
  void why_packageNotInTheImage_saysSo() {
    assertThat(succeed(maven("why", "-Dprosodyoci.why=emacs")))
        .contains("emacs is not chosen: nothing asks for it. No repository has it either.");
  }

  @Test
  void why_noName_isRefusedWithWhatToAdd() {
    Command.Result result = maven("why");

    assertThat(result.exitCode()).isNotZero();
    assertThat(result.output())
        .contains("no package is named (configuration). Add -Dprosodyoci.why=<package>.");
  }

  @Test
  void repository_publishedTwice_isTheSameAndServesApk() throws IOException {
    Path repository = Workspace.newFolder("repository");
    String option = "-Dprosodyoci.packages.repositoryFolder=" + repository;

    assertThat(succeed(maven("repository", option)))
        .containsPattern("Published [1-9]\\d+ new packages for x86_64 in " + repository);
    FileTree first = FileTree.of(repository);
    assertThat(succeed(maven("repository", option)))
        .contains("Published 0 new packages for x86_64");
    assertThat(first.differences(FileTree.of(repository))).isEmpty();

    AlpineApk apk = new AlpineApk();
    try (FolderServer server = new FolderServer(repository)) {
      Path root =
          apk.add("x86_64", server.url(), repository.resolve("keys"), "baselayout", "prosody");
      assertThat(apk.command("info", "--root", root.toString()).output().lines())
          .contains("prosody", "lua5.4", "musl");
    }
  }

  @Test
  void repository_noPackages_isRefusedAndLeavesNothing() {
    Path repository = Workspace.newFolder("repository");
    Command.Result result =
        maven(
            "repository",
            "-Dprosodyoci.packages.repositoryFolder=" + repository,
            "-Dprosodyoci.packages.folder=" + Workspace.newFolder("empty"));

    assertThat(result.exitCode()).isNotZero();
    assertThat(result.output()).contains("holds no folder with packages");
    assertThat(repository).isEmptyDirectory();
  }

  @Test
  void lock_repositoryOnTheNetwork_pinsItForEveryGoalUntilTheWorldChanges() throws IOException {
    Path genuine = AlpineFiles.repository();
    Path folder = Workspace.newFolder("mirror");
    Files.createDirectory(folder.resolve("v3.24"));
    Files.createSymbolicLink(folder.resolve("v3.24/main"), genuine);
    Files.createSymbolicLink(folder.resolve("v3.24/community"), genuine);
    Path lock = folder.resolve("alpine.lock");
    List<String> options =
        List.of(
            "-Palpine",
            "-Dprosodyoci.alpine.keys=" + genuine.resolve("keys"),
            "-Dprosodyoci.lockFile=" + lock,
            "-Dprosodyoci.packages.base=baselayout,busybox,musl,yx",
            "-Dprosodyoci.why=so:libyaml-0.so.2");
    try (FolderServer server = new FolderServer(folder)) {
      List<String> online = new ArrayList<>(options);
      online.add("-Dprosodyoci.alpine.mirror=" + server.url());
      String log = succeed(run("lock", online.toArray(String[]::new)));
      assertThat(log).contains("Locked 2 packages for linux/amd64 in " + lock);
      assertThat(succeed(run("lock", online.toArray(String[]::new))))
          .contains("Lock of 2 packages for linux/amd64 is up to date");
    }
    assertThat(lock)
        .content()
        .contains("\"yaml\"", "0.2.5-r2", "v3.24/main/x86_64/yx-1.0.0-r1.apk");

    assertThat(succeed(maven("why", options.toArray(String[]::new))))
        .contains("yaml-0.2.5-r2 provides so:libyaml-0.so.2", "the world asks for yx");

    List<String> more = new ArrayList<>(options);
    more.set(3, "-Dprosodyoci.packages.base=baselayout,busybox,musl");
    Command.Result drifted = maven("why", more.toArray(String[]::new));
    assertThat(drifted.exitCode()).isNotZero();
    assertThat(drifted.output())
        .contains("nothing needs these packages of it any more: yaml-0.2.5-r2, yx-1.0.0-r1")
        .contains("Run `mvn package -Dprosodyoci.lock=update`");
  }
}
