package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.it.container.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code it/run} says of skipped tests, and when it fails. */
class TestReportTest {

  private static final String RAN = "<testcase name='works' classname='a.SomeTest'/>";
  private static final String SKIPPED =
      "<testcase name='works' classname='a.SomeTest'><skipped message='needs root'/></testcase>";

  @TempDir Path folder;
  private Path permitted;

  @BeforeEach
  void permitNothing() throws IOException {
    permitted = Files.writeString(folder.resolve("skips.txt"), "# test reason\n");
  }

  /** Makes the checkout of a run whose only test has this result. */
  private Path run(String name, String result) throws IOException {
    Path module = folder.resolve(name).resolve("module");
    Path sources = Files.createDirectories(module.resolve("src/test/java/a"));
    Files.writeString(module.resolve("pom.xml"), "<project/>");
    Files.writeString(sources.resolve("SomeTest.java"), "class SomeTest {\n  @Test\n}\n");
    Path reports = Files.createDirectories(module.resolve("target/surefire-reports"));
    Files.writeString(
        reports.resolve("TEST-a.SomeTest.xml"), "<testsuite>" + result + "</testsuite>");
    return module.getParent();
  }

  private Command.Result report(boolean ci, Path... runs) {
    List<String> command =
        new ArrayList<>(List.of("java", "src/report/TestReport.java", "--whole"));
    command.add(permitted.toString());
    for (Path run : runs) {
      command.add(run.getFileName() + "=" + run);
    }
    return Command.of(command)
        .onlyEnv(Map.of("PATH", System.getenv("PATH"), "CI", String.valueOf(ci)))
        .run();
  }

  @Test
  void skip_inOneRunOnly_isNone() throws IOException {
    Command.Result result = report(true, run("root", SKIPPED), run("user", RAN));

    assertThat(result.output()).contains("Tests root: 1, failed 0, skipped 1");
    assertThat(result.output()).contains("Skipped in every run: 0");
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void skip_inEveryRun_failsInCiAlone() throws IOException {
    Path root = run("root", SKIPPED);

    assertThat(report(true, root).output())
        .contains("SKIPPED a.SomeTest#works: root: needs root", "FAILURE: a.SomeTest#works");
    assertThat(report(true, root).exitCode()).isOne();
    assertThat(report(false, root).output()).contains("SKIPPED a.SomeTest#works");
    assertThat(report(false, root).exitCode()).isZero();
  }

  @Test
  void skip_ofAWholeClass_isOneOfTheClass() throws IOException {
    String skipped = SKIPPED.replace("works", "a.SomeTest");

    assertThat(report(true, run("root", skipped)).output()).contains("FAILURE: a.SomeTest was");
    assertThat(report(true, run("root", skipped), run("user", RAN)).exitCode()).isZero();
  }

  @Test
  void skip_permitted_isNoFailureAsLongAsItIsSkipped() throws IOException {
    Files.writeString(permitted, "a.SomeTest#works needs a machine that nobody has\n");

    assertThat(report(true, run("root", SKIPPED)).exitCode()).isZero();
    Command.Result stale = report(true, run("root", RAN));
    assertThat(stale.output()).contains("a.SomeTest#works was not skipped: remove it");
    assertThat(stale.exitCode()).isOne();
  }

  @Test
  void classWithTests_withoutReport_fails() throws IOException {
    Path root = run("root", RAN);
    Files.writeString(
        root.resolve("module/src/test/java/a/Forgotten.java"), "class Forgotten {\n  @Test\n}\n");

    Command.Result result = report(true, root);
    assertThat(result.output()).contains("FAILURE: a.Forgotten has tests, but no run reports any");
    assertThat(result.exitCode()).isOne();
  }
}
