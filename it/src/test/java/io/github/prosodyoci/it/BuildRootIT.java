package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.prosodyoci.it.DebianSystem.Way;
import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Tools;
import io.github.prosodyoci.it.container.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The README's command in an empty clone, on systems that have nothing but a JDK and Maven, where
 * every other program is a trap. Together with {@link SecondBuildIT}, which builds on this machine:
 * isolated and not, as root and as an ordinary user, on two releases of Debian with other JDKs,
 * other releases of Maven and other shells.
 */
class BuildRootIT {

  private static final String NOT_ISOLATED = "not isolated";

  /** Says in the provenance which commit was built. */
  private static final String GIT = "/traps/git";

  /** What configure scripts call by its whole path, only to write what it says to config.log. */
  private static final String[] OF_CONFIGURE = {"/bin/arch", "/usr/bin/arch"};

  @Test
  void package_trixieOrdinaryUserIsolated_yieldsTheSameImageByProgramsOfTheBuildRoot()
      throws IOException {
    assumeTrue(Tools.superuser(), "Only root can enter another system");
    DebianSystem system = new DebianSystem("trixie", 21, "mksh", "/usr/bin/mksh");

    String log = build(system, Way.OWN_MACHINE, false, "-Dprosodyoci.isolation=required");

    assertThat(system.called()).as("programs of the system that the build called").isSubsetOf(GIT);
    assertThat(log).doesNotContain(NOT_ISOLATED);
  }

  @Test
  void package_bookwormRootNotIsolated_yieldsTheSameImageByProgramsOfTheBuildRoot()
      throws IOException {
    assumeTrue(Tools.superuser(), "Only root can enter another system");
    DebianSystem system = new DebianSystem("bookworm", 17, "bash", "/usr/bin/bash");

    String log = build(system, Way.CHROOT, true, "-Dprosodyoci.isolation=auto");

    assertThat(system.called())
        .as("programs of the system that the build called")
        .isSubsetOf(GIT, OF_CONFIGURE[0], OF_CONFIGURE[1]);
    assertThat(log).containsOnlyOnce(NOT_ISOLATED);
  }

  /** Builds the project there, and returns the log. */
  private static String build(DebianSystem system, Way way, boolean superuser, String option)
      throws IOException {
    assertThat(system.run(way, superuser, "make; /usr/bin/perl; sed; id; cc").exitCode())
        .isEqualTo(97);
    assertThat(system.called())
        .as("what was called when the traps were tried")
        .containsExactly("/traps/make", "/usr/bin/perl", "/traps/sed", "/traps/id", "/traps/cc");
    system.forget();

    String home = DebianSystem.home(superuser);
    Path outside = system.outside(home);
    Path project = Checkout.create(outside.resolve("prosody-oci"), outside).project();
    if (!superuser) {
      String owner = DebianSystem.BUILDER + ":" + DebianSystem.BUILDER;
      Command.of("chown", "-R", "-h", owner, outside.toString()).output();
    }
    long start = System.nanoTime();
    Command.Result result =
        system.run(
            way,
            superuser,
            "cd prosody-oci && exec /usr/share/maven/bin/mvn -B -ntp --offline package " + option);
    System.out.printf(
        "Build in Debian (%s): %d s%n", way, Math.round((System.nanoTime() - start) / 1e9));

    assertThat(result.exitCode()).as(result.output()).isZero();
    Path image = project.resolve("prosody-image/target/image.json");
    assertThat(new JsonMapper().readTree(Files.readAllBytes(image)).path("digest"))
        .as("image digest")
        .isEqualTo(ProsodyImage.imageJson().path("digest"));
    Workspace.delete(outside);
    return result.output();
  }
}
