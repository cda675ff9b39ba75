package io.github.prosodyoci.compile.maven;

import static io.github.prosodyoci.maven.GoalFixture.set;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.maven.GoalFixture;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackagesMojoTest {

  @TempDir private Path folder;

  @Test
  void execute_skipped_doesNothingAndSaysSo() throws Exception {
    GoalFixture maven = new GoalFixture(folder);
    PackagesMojo mojo = maven.prepare(new PackagesMojo(), "prosody-compile:packages");
    set(mojo, "skip", true);

    mojo.execute();

    assertThat(maven.info)
        .containsExactly("Skipping prosody-compile:packages (prosodyoci.compile.skip)");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void execute_allGoalsSkipped_doesNothingAndSaysSo() throws Exception {
    GoalFixture maven = new GoalFixture(folder);
    PackagesMojo mojo = maven.prepare(new PackagesMojo(), "prosody-compile:packages");
    set(mojo, "skipAll", true);

    mojo.execute();

    assertThat(maven.info).containsExactly("Skipping prosody-compile:packages (prosodyoci.skip)");
    assertThat(folder).isEmptyDirectory();
  }
}
