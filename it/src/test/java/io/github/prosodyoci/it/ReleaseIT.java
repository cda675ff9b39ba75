package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What the profile {@code release} deploys of the modules that verified downloads need, and a build
 * that has nothing else of this toolkit.
 */
class ReleaseIT {

  private static final List<String> MODULES =
      List.of("toolkit-core", "maven-support", "prosody-recipe", "prosody-fetch", "prosody-verify");
  private static final Path ROOT = Path.of(System.getProperty("prosodyoci.it.root"));

  private static Path released;
  private static Path keys;

  @BeforeAll
  static void deploy() throws IOException {
    assumeTrue(
        Command.of("sh", "-c", "command -v gpg && command -v gpg-agent").run().exitCode() == 0,
        "This test needs gpg and gpg-agent");
    keys = Workspace.newFolder("gpg");
    gpg("--passphrase", "", "--quick-generate-key", "Test <test@example.org>", "ed25519", "sign");
    gpg("--output", keys.resolve("public.gpg").toString(), "--export");
    Path project = Workspace.newFolder("release");
    Checkout.copySources(ROOT.toRealPath(), project);
    released = Workspace.newFolder("released");
    Command.of(
            System.getProperty("prosodyoci.it.maven"),
            "-B",
            "-ntp",
            "-Prelease",
            "-pl",
            "toolkit-bom," + String.join(",", MODULES),
            "-am",
            "-Dspotless.check.skip",
            // The user's own repository is read, and gets nothing.
            "-Dmaven.repo.local=" + System.getProperty("prosodyoci.it.localRepository"),
            "-Dmaven.install.skip",
            "-DaltDeploymentRepository=released::" + released.toUri(),
            "deploy")
        .in(project)
        .env("MAVEN_GPG_KEY", gpg("--armor", "--export-secret-keys"))
        .limit(Duration.ofMinutes(10))
        .output();
  }

  @Test
  void deploy_eachModule_hasWhatMavenCentralAsksFor() throws IOException {
    for (String module : MODULES) {
      assertThat(released(module))
          .extracting(file -> file.getFileName().toString().replaceFirst(".*-[0-9]+(?=[-.])", ""))
          .contains(
              ".jar",
              ".pom",
              "-sources.jar",
              "-javadoc.jar",
              ".jar.asc",
              ".pom.asc",
              "-sources.jar.asc",
              "-javadoc.jar.asc");
      assertThat(Files.readString(single(module, ".pom")))
          .contains("<name>" + module + "</name>")
          .contains("<description>", "<license>", "<developer>", "<connection>scm:git:")
          .contains("<url>https://github.com/prosody-oci/prosody-oci</url>")
          .doesNotContain("<parent>", "${");
    }
  }

  @Test
  void deploy_eachFile_isSigned() throws IOException {
    int signatures = 0;
    for (String module : MODULES) {
      for (Path file : released(module)) {
        if (file.toString().endsWith(".asc")) {
          Command.Result gpgv =
              Command.of(
                      "gpgv",
                      "--keyring",
                      keys.resolve("public.gpg").toString(),
                      file.toString(),
                      file.toString().replaceFirst("\\.asc$", ""))
                  .run();
          assertThat(gpgv.exitCode()).as(gpgv.output()).isZero();
          signatures++;
        }
      }
    }
    assertThat(signatures).isGreaterThanOrEqualTo(4 * MODULES.size());
  }

  @Test
  void billOfMaterials_released_namesTheLibrariesAndNothingElse() throws IOException {
    assertThat(Files.readString(single("toolkit-bom", ".pom")))
        .contains(
            "<artifactId>prosody-verify</artifactId>", "<artifactId>image-assemble</artifactId>")
        .doesNotContain("<parent>", "<properties>", "jackson");
  }

  @Test
  void consumer_withReleasedModulesOnly_fetchesAndVerifies() throws IOException {
    Path consumer = Workspace.newFolder("consumer");
    Checkout.copySources(ROOT.resolve("examples/verified-download").toRealPath(), consumer);
    String outer = Path.of(System.getProperty("prosodyoci.it.localRepository")).toUri().toString();
    Path settings = consumer.resolve("settings.xml");
    Files.writeString(
        settings,
        Files.readString(Path.of("src/it/settings.xml"))
            .replace("@localRepositoryUrl@", outer)
            .replace("</repositories>", repository("repository") + "</repositories>")
            .replace(
                "</pluginRepositories>", repository("pluginRepository") + "</pluginRepositories>"));

    Command.of(
            System.getProperty("prosodyoci.it.maven"),
            "-B",
            "-ntp",
            "-s",
            settings.toString(),
            "-o",
            "-Daether.offline.protocols=file",
            "-Dmaven.repo.local=" + consumer.resolve("repository"),
            "-Dprosodyoci.cache=" + System.getProperty("prosodyoci.it.cache"),
            "package")
        .in(consumer)
        .limit(Duration.ofMinutes(5))
        .output();

    assertThat(consumer.resolve("target/verification.json")).content().contains("\"trusted\"");
    assertThat(consumer.resolve("repository/io/github/prosodyoci")).isDirectory();
  }

  private static String repository(String element) {
    return "<%1$s><id>released</id><url>%2$s</url><snapshots><enabled>true</enabled></snapshots></%1$s>"
        .formatted(element, released.toUri());
  }

  private static List<Path> released(String module) throws IOException {
    try (Stream<Path> files = Files.walk(released.resolve("io/github/prosodyoci/" + module))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(module + "-"))
          .filter(file -> !file.toString().matches(".*\\.(md5|sha1|sha256|sha512)"))
          .sorted()
          .toList();
    }
  }

  private static Path single(String module, String ending) throws IOException {
    List<Path> found =
        released(module).stream().filter(file -> file.toString().endsWith(ending)).toList();
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  private static String gpg(String... words) {
    List<String> command =
        new ArrayList<>(List.of("gpg", "--homedir", keys.toString(), "--batch", "--quiet"));
    command.addAll(List.of(words));
    return Command.of(command).output();
  }
}
