package io.github.prosodyoci.image.maven;

import static io.github.prosodyoci.maven.GoalFixture.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.archive.Gzip;
import io.github.prosodyoci.core.archive.Layer;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarWriter;
import io.github.prosodyoci.image.ImageReport;
import io.github.prosodyoci.image.LayerList;
import io.github.prosodyoci.maven.GoalFixture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.maven.model.License;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.settings.crypto.SettingsDecrypter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveMojoTest {

  @TempDir Path folder;
  private Path target;
  private GoalFixture maven;
  private ArchiveMojo mojo;
  private String serverLicense = "GPL-2.0-only";

  @BeforeEach
  void configure() throws Exception {
    target = Files.createDirectories(folder.resolve("target"));
    maven = new GoalFixture(folder);
    maven.model.setDescription("A tiny thing");
    maven.model.setUrl("https://example.org/tiny");
    License license = new License();
    license.setName("MIT");
    maven.model.addLicense(license);
    mojo =
        maven.prepare(
            new ArchiveMojo(GoalFixture.unused(SettingsDecrypter.class)), "image-assemble:archive");
    set(mojo, "platforms", List.of("linux/amd64"));
    timestamp("1793491200");
    mojo.cache = folder.resolve("cache").toFile();
    mojo.shortName = "tiny";
    mojo.layersFile = target.resolve("rootfs.json").toFile();
    mojo.reportFile = target.resolve("image.json").toFile();
    mojo.entrypoint = List.of("/bin/sh");
    mojo.user = "100:101";
    mojo.ports = List.of("5222", "53/udp");
    mojo.volumes = List.of("/var/lib/tiny");
    writeLayers();
  }

  private void writeLayers() throws IOException {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    try (TarWriter writer = new TarWriter(tar)) {
      writer.add(TarEntry.directory("etc", 0755, 0));
    }
    Path file = target.resolve("base.tar.gz");
    try (OutputStream out = Gzip.compress(Files.newOutputStream(file))) {
      out.write(tar.toByteArray());
    }
    Layer layer =
        new Layer(
            "base",
            "base.tar.gz",
            Digest.of(file),
            Digest.of(tar.toByteArray()),
            Files.size(file),
            List.of());
    LayerList.Installed server = new LayerList.Installed("server", "13.0.1-r1", serverLicense);
    LayerList.Installed libc = new LayerList.Installed("libc", "1.2.5-r0", "MIT");
    Json.write(
        target.resolve("rootfs.json"),
        new LayerList(Platform.LINUX_AMD64, List.of(layer), List.of(libc, server)));
  }

  private ImageReport report() throws IOException {
    return Json.read(target.resolve("image.json"), ImageReport.class);
  }

  private String archiveText() throws IOException {
    return Files.readString(target.resolve("tiny-linux-amd64.tar"), StandardCharsets.ISO_8859_1);
  }

  @Test
  void log_endsWithDigestSizeAndTheLinesThatLoadAndRun() throws Exception {
    mojo.execute();
    assertThat(maven.info)
        .containsExactly(
            "target/tiny-linux-amd64.tar",
            "  digest  " + report().digest(),
            "  size    0.00 MB compressed",
            "  load    docker load -i target/tiny-linux-amd64.tar",
            "     or   podman load -i target/tiny-linux-amd64.tar",
            "     or   skopeo copy oci-archive:target/tiny-linux-amd64.tar"
                + " docker-daemon:tiny:1.0-x",
            "  run     docker run --rm -p 5222:5222 -p 53:53/udp -v var-lib-tiny:/var/lib/tiny"
                + " tiny:1.0-x");
    maven.info.clear();
    mojo.execute();
    assertThat(maven.info).first().isEqualTo("target/tiny-linux-amd64.tar is up to date");
  }

  @Test
  void log_withRunOptions_proposesThem() throws Exception {
    mojo.runOptions = List.of("-d --name tiny", "-p 5222:5222");
    mojo.execute();

    assertThat(maven.info)
        .last()
        .isEqualTo("  run     docker run -d --name tiny -p 5222:5222 tiny:1.0-x");
  }

  @Test
  void annotations_comeFromTheProjectAndBecomeLabels() throws Exception {
    mojo.annotations = Map.of("org.opencontainers.image.version", "13.0.1", "mine", "1");
    mojo.labels = Map.of("label", "2");
    mojo.execute();
    String common =
        """
        "mine":"1",\
        "org.opencontainers.image.created":"2026-11-01T00:00:00Z",\
        "org.opencontainers.image.description":"A tiny thing",\
        "org.opencontainers.image.licenses":"GPL-2.0-only AND MIT",\
        "org.opencontainers.image.source":"https://example.org/tiny",\
        "org.opencontainers.image.title":"tiny",\
        "org.opencontainers.image.url":"https://example.org/tiny",\
        "org.opencontainers.image.version":"13.0.1"}\
        """;
    assertThat(archiveText())
        .contains("\"annotations\":{" + common)
        .contains("\"Labels\":{\"label\":\"2\"," + common);
  }

  @Test
  void versionOf_aPackage_givesTheAnnotationTheTagAndTheReport() throws Exception {
    mojo.versionOf = "server";
    mojo.execute();
    assertThat(archiveText()).contains("\"org.opencontainers.image.version\":\"13.0.1-r1\"");
    assertThat(report().version()).isEqualTo("13.0.1-r1");
    assertThat(report().name()).isEqualTo("tiny:13.0.1-r1");

    mojo.image = "ghcr.io/me/tiny";
    mojo.execute();
    assertThat(report().name()).isEqualTo("ghcr.io/me/tiny:13.0.1-r1");
    mojo.image = "ghcr.io/me/tiny:test";
    mojo.execute();
    assertThat(report().name()).isEqualTo("ghcr.io/me/tiny:test");
    assertThat(report().version()).isEqualTo("13.0.1-r1");
  }

  @Test
  void versionOf_noPackageOfTheImage_isAFailureThatNamesThoseItHas() {
    mojo.versionOf = "sever";
    assertFailure("hold no package sever; expected one of libc, server");
  }

  @Test
  void licenses_ofAPackageWithoutAnSpdxExpression_areLeftOut() throws Exception {
    serverLicense = "custom";
    writeLayers();
    mojo.execute();
    assertThat(archiveText())
        .doesNotContain("org.opencontainers.image.licenses")
        .contains("org.opencontainers.image.title");
  }

  @Test
  void annotation_givenEmpty_isLeftOut() throws Exception {
    mojo.annotations = new java.util.HashMap<>();
    mojo.annotations.put("org.opencontainers.image.url", null);
    mojo.annotations.put("org.opencontainers.image.description", "");
    mojo.execute();
    assertThat(archiveText())
        .doesNotContain("org.opencontainers.image.url")
        .doesNotContain("org.opencontainers.image.description")
        .contains("org.opencontainers.image.title");
  }

  @Test
  void image_givesTheNameAndNotTheDigest() throws Exception {
    mojo.execute();
    ImageReport first = report();
    mojo.image = "ghcr.io/me/tiny:2";
    mojo.execute();
    assertThat(report().name()).isEqualTo("ghcr.io/me/tiny:2");
    assertThat(report().digest()).isEqualTo(first.digest());
    assertThat(archiveText()).contains("\"RepoTags\":[\"ghcr.io/me/tiny:2\"]");
  }

  @Test
  void healthcheck_isTakenOver() throws Exception {
    HealthcheckParameter check = new HealthcheckParameter();
    check.test = List.of("CMD-SHELL", "true");
    check.interval = "1m30s";
    check.startPeriod = "500ms";
    mojo.healthcheck = check;
    mojo.execute();
    assertThat(archiveText())
        .contains(
            "\"Healthcheck\":{\"Test\":[\"CMD-SHELL\",\"true\"],\"Interval\":90000000000,"
                + "\"StartPeriod\":500000000}");
  }

  @Test
  void archive_mayBeElsewhere() throws Exception {
    mojo.archiveFile = folder.resolve("out/x.tar").toFile();
    mojo.execute();
    assertThat(folder.resolve("out/x.tar")).isRegularFile();
    assertThat(report().archive()).isEqualTo("../out/x.tar");
  }

  @Test
  void skip_makesNothingAndSaysSo() throws Exception {
    set(mojo, "skip", true);
    mojo.execute();
    assertThat(maven.info)
        .containsExactly("Skipping image-assemble:archive (prosodyoci.archive.skip)");
    assertThat(target.resolve("image.json")).doesNotExist();
  }

  @Test
  void badParameters_areAFailureThatNamesThem() throws Exception {
    set(mojo, "platforms", List.of("windows/amd64"));
    assertFailure("Unknown platform windows/amd64");
    set(mojo, "platforms", List.of("linux/amd64"));
    mojo.user = "prosody";
    assertFailure("Could not use the image parameter user: it is \"prosody\"");
    mojo.user = "1";
    timestamp("yesterday");
    assertFailure("project.build.outputTimestamp");
    timestamp("");
    assertFailure("project.build.outputTimestamp");
    timestamp("0");
    mojo.image = "UPPER";
    assertFailure("Could not use the image name \"UPPER\"");
    mojo.image = null;
    mojo.layersFile = folder.resolve("none.json").toFile();
    assertFailure("Run alpine-rootfs:layers first");
  }

  private void assertFailure(String message) {
    assertThatThrownBy(mojo::execute)
        .isInstanceOf(MojoFailureException.class)
        .hasMessageContaining(message);
  }

  private void timestamp(String value) {
    maven.model.addProperty("project.build.outputTimestamp", value);
  }
}
