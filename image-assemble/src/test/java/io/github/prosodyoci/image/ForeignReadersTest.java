package io.github.prosodyoci.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainer;
import com.google.cloud.tools.jib.api.TarImage;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.archive.Layer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What other programs make of the archive. */
class ForeignReadersTest {

  @TempDir Path folder;
  private Fixture fixture;
  private ImageReport report;

  @BeforeEach
  void assemble() throws Exception {
    fixture = new Fixture(folder);
    report = fixture.assemble().report();
  }

  @Test
  void skopeo_inspectsTheOciArchive() throws Exception {
    assertThat(
            Tools.run(
                "skopeo",
                "inspect",
                "--format={{.Digest}} {{.Architecture}} {{.Created}}",
                "oci-archive:" + fixture.archive()))
        .isEqualTo(report.digest() + " amd64 2026-11-01 00:00:00 +0000 UTC\n");
    assertThat(
            Tools.run(
                "skopeo",
                "inspect",
                "--raw",
                "oci-archive:" + fixture.archive() + ":" + Fixture.NAME))
        .satisfies(
            manifest ->
                assertThat(Digest.of(manifest.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                    .isEqualTo(report.digest()));
  }

  @Test
  void skopeo_copiesTheOciArchiveByteForByte(@TempDir Path copy) throws Exception {
    Tools.run(
        "skopeo",
        "--insecure-policy",
        "copy",
        "--quiet",
        "--preserve-digests",
        "oci-archive:" + fixture.archive(),
        "dir:" + copy);
    assertThat(Digest.of(copy.resolve("manifest.json"))).isEqualTo(report.digest());
    for (Layer layer : report.layers()) {
      assertThat(Digest.of(copy.resolve(layer.digest().hex()))).isEqualTo(layer.digest());
    }
  }

  /** Docker's own store reads manifest.json, checks each diffID, and takes compressed layers. */
  @Test
  void skopeo_readsTheSameImageAsDockerArchive(@TempDir Path copy) throws Exception {
    Tools.run(
        "skopeo",
        "--insecure-policy",
        "copy",
        "--quiet",
        "docker-archive:" + fixture.archive() + ":" + Fixture.NAME,
        "dir:" + copy);
    assertThat(Digest.of(copy.resolve(report.configDigest().hex())))
        .isEqualTo(report.configDigest());
    for (Layer layer : report.layers()) {
      assertThat(Digest.of(copy.resolve(layer.diffId().hex()))).isEqualTo(layer.diffId());
    }
  }

  @Test
  void umoci_unpacksTheImage(@TempDir Path out) throws Exception {
    Tools.run(
        "skopeo",
        "--insecure-policy",
        "copy",
        "--quiet",
        "oci-archive:" + fixture.archive(),
        "oci:" + out.resolve("layout") + ":t");
    Tools.run(
        "umoci",
        "unpack",
        "--rootless",
        "--image",
        out.resolve("layout") + ":t",
        out.resolve("bundle").toString());
    assertThat(out.resolve("bundle/rootfs/etc/motd")).hasContent("hello\n");
    assertThat(out.resolve("bundle/rootfs/srv/index")).hasContent("good bye\n");
    assertThat(Files.readString(out.resolve("bundle/config.json")))
        .contains("\"/usr/bin/start\"")
        .contains("\"org.opencontainers.image.stopSignal\": \"SIGTERM\"");
  }

  /** Jib may build on our image as on any other. */
  @Test
  void jib_takesTheArchiveAsBaseImage(@TempDir Path out) throws Exception {
    JibContainer container =
        Jib.from(TarImage.at(fixture.archive()))
            .setCreationTime(Fixture.TIME)
            .containerize(
                Containerizer.to(
                        TarImage.at(out.resolve("jib.tar")).named(ImageReference.parse("jib:1")))
                    .setBaseImageLayersCache(out.resolve("cache"))
                    .setApplicationLayersCache(out.resolve("cache")));
    assertThat(container.getImageId()).isNotNull();
    assertThat(
            Tools.run(
                "skopeo",
                "inspect",
                "--config",
                "--format={{.RootFS.DiffIDs}} {{.Config.User}}",
                "docker-archive:" + out.resolve("jib.tar")))
        .isEqualTo(
            "["
                + report.layers().get(0).diffId()
                + " "
                + report.layers().get(1).diffId()
                + "] 100:101\n");
  }
}
