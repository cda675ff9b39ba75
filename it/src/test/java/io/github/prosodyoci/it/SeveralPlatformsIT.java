package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Tools;
import io.github.prosodyoci.it.container.Workspace;
import io.github.prosodyoci.packages.apk.Apk;
import io.github.prosodyoci.packages.apk.Dependency;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One build for two platforms, which takes from the package cache what was built before. */
class SeveralPlatformsIT {

  private static final List<Platform> PLATFORMS =
      List.of(Platform.LINUX_AMD64, Platform.LINUX_ARM64);

  private static final String BOTH = "-Dprosodyoci.platforms=linux/arm64,linux/amd64";

  private static Path project;
  private static Path target;
  private static String log;

  @BeforeAll
  static void build() throws IOException {
    project = Workspace.newFolder("several-platforms");
    Checkout.copySources(Path.of(System.getProperty("prosodyoci.it.root")).toRealPath(), project);
    target = project.resolve("prosody-image/target");
    log = maven("package", BOTH);
  }

  private static String maven(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("prosodyoci.it.maven"));
    command.addAll(List.of("-B", "-ntp"));
    command.add("-Dmaven.repo.local=" + System.getProperty("prosodyoci.it.localRepository"));
    command.add("-Dprosodyoci.cache=" + System.getProperty("prosodyoci.it.cache"));
    command.addAll(List.of(arguments));
    return Command.of(command).in(project).limit(Duration.ofMinutes(20)).output();
  }

  private static JsonNode index() throws IOException {
    return json("index.json");
  }

  private static JsonNode json(String report) throws IOException {
    return new JsonMapper().readTree(Files.readAllBytes(target.resolve(report)));
  }

  @Test
  void images_ofSeveralPlatforms_areThoseThatAreBuiltAlone() throws IOException {
    Map<String, String> images = new TreeMap<>();
    for (JsonNode each : index().path("images")) {
      images.put(each.path("platform").asText(), each.path("digest").asText());
    }
    assertThat(images).containsOnlyKeys("linux/amd64", "linux/arm64");
    assertThat(log).contains(images.values()).contains(index().path("digest").asText());

    for (Platform platform : PLATFORMS) {
      String alone = maven("package", "-Dprosodyoci.platforms=" + platform);
      assertThat(alone).contains("(0 recipes built, ");
      assertThat(images)
          .containsEntry(platform.toString(), json("image.json").path("digest").asText());
      assertThat(target.resolve(platform.fileName()).resolve("evidence/sbom.cdx.json")).exists();
    }
  }

  @Test
  void archive_asSkopeoReadsIt_hasTheImageOfEachPlatform() throws IOException {
    for (Platform platform : PLATFORMS) {
      JsonNode image =
          new JsonMapper()
              .readTree(
                  Command.of(
                          Tools.require("skopeo"),
                          "--override-arch=" + platform.architecture(),
                          "inspect",
                          "--config",
                          "oci-archive:" + target.resolve("prosody.tar"))
                      .output());
      assertThat(image.path("architecture").asText()).isEqualTo(platform.architecture());
    }
  }

  @Test
  void deploy_severalPlatforms_pushesAndSignsTheIndex() throws Exception {
    Path key = target.resolveSibling("publisher.pem");
    String openssl = Tools.require("openssl");
    Command.of(openssl, "genpkey", "-algorithm", "ed25519", "-out", key.toString()).output();
    try (DockerRegistry registry = new DockerRegistry()) {
      String image = registry.address() + "/it/prosody";
      String digest = index().path("digest").asText();
      String deployed =
          maven("deploy", BOTH, "-Dprosodyoci.image=" + image, "-Dprosodyoci.signing.key=" + key);
      assertThat(deployed).contains("(0 recipes built, ", image + "@" + digest);
    }
  }

  /** What is found in the files of packages must be found whatever machine they are for. */
  @Test
  void packages_ofEachPlatform_needAndProvideTheSame() throws IOException {
    Map<String, List<String>> first = dependencies(PLATFORMS.get(0));
    Map<String, List<String>> second = dependencies(PLATFORMS.get(1));
    assertThat(first.get("prosody")).isNotEmpty();
    assertThat(first.toString()).contains("so:libcrypto.so", "so:libc.musl-");
    assertThat(second).isEqualTo(first);
  }

  private static Map<String, List<String>> dependencies(Platform platform) throws IOException {
    Map<String, List<String>> result = new TreeMap<>();
    try (Stream<Path> files =
        Files.list(target.resolve("packages").resolve(platform.apkArchitecture()))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".apk")).toList()) {
        Apk apk = Apk.read(file);
        result.put(
            apk.info().name(),
            Stream.concat(apk.info().depends().stream(), apk.info().provides().stream())
                .map(Dependency::toString)
                .map(text -> text.replace("musl-" + platform.muslArchitecture(), "musl-"))
                .sorted()
                .toList());
      }
    }
    return result;
  }
}
