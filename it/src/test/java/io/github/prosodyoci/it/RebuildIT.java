package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Tools;
import io.github.prosodyoci.it.container.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * An image of examples/own-image, which its publisher pushes with evidence, and somebody else
 * builds again from that: with a compiler, a libc and a program, but faster than the whole server.
 */
class RebuildIT {

  private static final String GOAL = "io.github.prosodyoci:image-evidence:0.1.0-SNAPSHOT:";

  private static InstalledGoals goals;
  private static DockerRegistry registry;
  private static Path folder;
  private static Path project;
  private static String image;

  @BeforeAll
  static void publish() throws IOException, InterruptedException {
    goals = new InstalledGoals();
    registry = new DockerRegistry();
    folder = Workspace.newFolder("rebuild");
    project = folder.resolve("own-image");
    Command.of("cp", "-r", "../examples/own-image", project.toString()).output();
    Command.of("rm", "-rf", project.resolve("target").toString()).output();
    Files.writeString(project.resolve(".gitignore"), "target/\n");
    git("init", "-q");
    git("add", ".");
    git("-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "-qm", "One");
    for (String name : List.of("publisher", "alice")) {
      String pem = folder.resolve(name + ".pem").toString();
      String pub = folder.resolve(name + ".pub").toString();
      Command.of(Tools.require("openssl"), "genpkey", "-algorithm", "ed25519", "-out", pem)
          .output();
      Command.of("openssl", "pkey", "-in", pem, "-pubout", "-out", pub).output();
    }
    String name = registry.address() + "/figlet";
    succeed(
        goals.run(
            project,
            List.of(
                "package",
                GOAL + "sbom",
                GOAL + "provenance",
                "io.github.prosodyoci:image-assemble:0.1.0-SNAPSHOT:push",
                GOAL + "attach",
                "-Dprosodyoci.image=" + name,
                "-Dprosodyoci.signing.key=" + folder.resolve("publisher.pem"))));
    String digest =
        new JsonMapper()
            .readTree(project.resolve("target/image.json").toFile())
            .path("digest")
            .asText();
    image = name + "@" + digest;
  }

  @AfterAll
  static void stop() {
    if (registry != null) {
      registry.close();
    }
  }

  private static void git(String... arguments) {
    List<String> command = new ArrayList<>(List.of(Tools.require("git"), "-C", project.toString()));
    command.addAll(List.of(arguments));
    Command.of(command).output();
  }

  private static String succeed(Command.Result result) {
    assertThat(result.exitCode()).as(result.output()).isZero();
    return result.output();
  }

  private static Command.Result verify(int rebuilds) {
    return goals.run(
        project,
        List.of(
            GOAL + "verify",
            "-Dprosodyoci.image=" + image,
            "-Dprosodyoci.verifyImage.keys=" + folder.resolve("publisher.pub"),
            "-Dprosodyoci.verifyImage.rebuilderKeys=" + folder.resolve("alice.pub"),
            "-Dprosodyoci.verifyImage.rebuilds=" + rebuilds,
            "-Dprosodyoci.verifyImage.cleanTree"));
  }

  @Test
  void rebuild_fromThePublishersEvidence_isIdenticalAndCountedOnceItIsAttached() {
    assertThat(verify(1).output())
        .containsPattern("rebuilds +REFUSED +0 of 1 trusted rebuilders")
        .contains("(too-few-rebuilds)");
    Path place = folder.resolve("elsewhere/a clean place");

    String log =
        succeed(
            goals.run(
                project,
                List.of(
                    GOAL + "rebuild",
                    "-Dprosodyoci.image=" + image,
                    "-Dprosodyoci.verifyImage.keys=" + folder.resolve("publisher.pub"),
                    "-Dprosodyoci.rebuild.folder=" + place,
                    "-Dprosodyoci.rebuild.repository=" + project,
                    "-Dprosodyoci.rebuild.downloads=" + System.getProperty("prosodyoci.it.cache"),
                    "-Dprosodyoci.rebuild.arguments=" + String.join(",", goals.options()),
                    "-Dprosodyoci.rebuild.attach",
                    "-Dprosodyoci.signing.key=" + folder.resolve("alice.pem"))));

    assertThat(log).contains("Identical: sha256:", "Attached sha256:");
    // Compiled again, not taken from the publisher's cache.
    assertThat(place.resolve("build.log")).content().containsPattern("\\([4-9] recipes built, 0 ");
    assertThat(packages(place.resolve("cache"))).isNotEmpty();
    assertThat(succeed(verify(1)))
        .containsPattern("rebuilds +good +1 of 1 trusted rebuilders .*alice\\.pub");
  }

  @Test
  void sources_pushed_areAnArtifactThatRefersToTheImage() throws Exception {
    String name = image.substring(0, image.indexOf('@'));

    String log =
        succeed(
            goals.run(
                project,
                List.of(
                    GOAL + "sources",
                    "-Dprosodyoci.sources.push",
                    "-Dprosodyoci.image=" + name,
                    "-Dprosodyoci.recipes=src/main/recipes,target/base/recipes")));

    assertThat(log).contains("Pushed application/vnd.prosody-oci.sources.v1 sha256:");
    // Debian's docker-registry lists no referrers: a tag does.
    String tag = image.substring(image.indexOf('@') + 1).replace(':', '-');
    JsonNode index =
        new JsonMapper()
            .readTree(
                Command.of(
                        Tools.require("skopeo"),
                        "inspect",
                        "--raw",
                        "--tls-verify=false",
                        "docker://" + name + ":" + tag)
                    .output());
    assertThat(index.findValuesAsText("artifactType"))
        .contains("application/vnd.prosody-oci.sources.v1");
    assertThat(project.resolve("target/sources.tar")).isRegularFile();
  }

  private static List<Path> packages(Path cache) {
    try (Stream<Path> files = Files.walk(cache.resolve("packages"))) {
      return files.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
