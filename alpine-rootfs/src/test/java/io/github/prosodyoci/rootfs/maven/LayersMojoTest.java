package io.github.prosodyoci.rootfs.maven;

import static io.github.prosodyoci.maven.GoalFixture.set;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.maven.GoalFixture;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayersMojoTest {

  @TempDir private Path folder;

  @Test
  void execute_skipped_doesNothingAndSaysSo() throws Exception {
    GoalFixture maven = new GoalFixture(folder);
    LayersMojo mojo = maven.prepare(new LayersMojo(), "alpine-rootfs:layers");
    set(mojo, "skip", true);

    mojo.execute();

    assertThat(maven.info)
        .containsExactly("Skipping alpine-rootfs:layers (prosodyoci.rootfs.skip)");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void execute_allGoalsSkipped_doesNothingAndSaysSo() throws Exception {
    GoalFixture maven = new GoalFixture(folder);
    LayersMojo mojo = maven.prepare(new LayersMojo(), "alpine-rootfs:layers");
    set(mojo, "skipAll", true);

    mojo.execute();

    assertThat(maven.info).containsExactly("Skipping alpine-rootfs:layers (prosodyoci.skip)");
    assertThat(folder).isEmptyDirectory();
  }
}
