package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.FileTree;
import io.github.prosodyoci.it.container.Tools;
import io.github.prosodyoci.it.container.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The commands of the README, as another user types them elsewhere; each test goes on from the one
 * before.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SecondBuildIT {

  private static SecondBuild build;

  @BeforeAll
  static void copyProject() throws IOException {
    build = new SecondBuild();
  }

  @Test
  @Order(1)
  void package_elsewhereByAnotherUserOffline_yieldsTheSameImage() throws IOException {
    long start = System.nanoTime();
    succeed(build.maven("--offline", "package"));
    System.out.println("Second build, nothing built before: " + seconds(start) + " s");

    JsonNode first = ProsodyImage.imageJson();
    JsonNode second = build.imageJson();
    assertThat(second.path("digest").asText())
        .as("image digest; what differs:\n" + differences(first, second))
        .isEqualTo(first.path("digest").asText());
    assertThat(second.path("archiveDigest").asText())
        .as("digest of the archive file")
        .isEqualTo(first.path("archiveDigest").asText());
  }

  @Test
  @Order(2)
  void package_nothingChanged_buildsNothingAndYieldsTheSameImage() throws IOException {
    long start = System.nanoTime();
    String log = succeed(build.maven("--offline", "package"));
    System.out.println("No-change rebuild: " + seconds(start) + " s (budget 10 s)");

    assertThat(log).contains("(0 recipes built, ");
    assertThat(build.imageJson().path("digest")).isEqualTo(ProsodyImage.imageJson().path("digest"));
  }

  @Test
  @Order(3)
  void package_oneRecipeChanged_buildsOnlyThat() throws IOException {
    Path recipe = build.project().resolve("prosody-image/src/main/recipes/lua-filesystem.yaml");
    String text = Files.readString(recipe);
    Files.writeString(recipe, text.replaceFirst("(?m)^(  release: )(\\d+)$", "$17"));
    try {
      long start = System.nanoTime();
      String log = succeed(build.maven("--offline", "package"));
      System.out.println("Rebuild with one recipe changed: " + seconds(start) + " s");

      assertThat(log).contains("(1 recipes built, ");
      List<String> before = digests(ProsodyImage.imageJson());
      List<String> after = digests(build.imageJson());
      assertThat(after.get(0)).as("base layer").isEqualTo(before.get(0));
      assertThat(after).as("layers").isNotEqualTo(before);
    } finally {
      Files.writeString(recipe, text);
    }
  }

  @Test
  @Order(4)
  void deploy_toRealRegistry_publishesTheDigestOfImageJson() throws Exception {
    try (DockerRegistry registry = new DockerRegistry()) {
      String name = registry.address() + "/it/prosody:13.0";
      // Offline it would not push.
      String log = succeed(build.maven("deploy", "-DskipTests", "-Dprosodyoci.image=" + name));

      String digest = ProsodyImage.imageJson().path("digest").asText();
      assertThat(log).contains(digest);
      String inspected =
          Command.of(Tools.require("skopeo"), "inspect", "--tls-verify=false", "docker://" + name)
              .output();
      assertThat(new JsonMapper().readTree(inspected).path("Digest").asText()).isEqualTo(digest);
    }
  }

  private static String succeed(Command.Result result) {
    assertThat(result.exitCode()).as(result.output()).isZero();
    return result.output();
  }

  private static long seconds(long start) {
    return Math.round((System.nanoTime() - start) / 1e9);
  }

  private static List<String> digests(JsonNode image) {
    return image.path("layers").findValuesAsText("digest");
  }

  /** Returns a line for each file that differs between the layers of two images. */
  private static String differences(JsonNode first, JsonNode second) {
    StringBuilder text = new StringBuilder();
    Path firstTarget = Path.of(System.getProperty("prosodyoci.it.imageJson")).getParent();
    Path secondTarget = build.project().resolve("prosody-image/target");
    for (int i = 0; i < first.path("layers").size(); i++) {
      JsonNode one = first.path("layers").path(i);
      JsonNode other = second.path("layers").path(i);
      if (!one.path("digest").equals(other.path("digest"))) {
        text.append("layer ").append(one.path("name").asText()).append(":\n");
        FileTree.of(unpack(firstTarget.resolve(one.path("file").asText())))
            .differences(FileTree.of(unpack(secondTarget.resolve(other.path("file").asText()))))
            .forEach(line -> text.append("  ").append(line).append('\n'));
      }
    }
    return text.isEmpty() ? "only the configuration: image.json" : text.toString();
  }

  private static Path unpack(Path layer) {
    Path folder = Workspace.newFolder("layer");
    Command.of("tar", "-xzf", layer.toString(), "-C", folder.toString()).run();
    return folder;
  }
}
