package io.github.prosodyoci.image;

import static io.github.prosodyoci.image.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.oci.OciDocuments.Index;
import io.github.prosodyoci.image.transfer.LayoutSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images of several platforms in one archive. */
class ImageIndexerTest {

  @TempDir Path folder;
  private final List<ImageReport> reports = new ArrayList<>();
  private final List<Path> archives = new ArrayList<>();

  private void assemble(Platform... platforms) throws IOException {
    for (Platform platform : platforms) {
      Fixture fixture =
          new Fixture(folder.resolve(platform.fileName() + archives.size()), platform);
      reports.add(fixture.assemble().report());
      archives.add(fixture.archive());
    }
  }

  private IndexRequest request(Platform docker) {
    return new IndexRequest(
        archives,
        ImageName.parse(Fixture.NAME),
        docker,
        folder.resolve("all.tar"),
        folder.resolve("index.json"),
        "test 1");
  }

  private IndexResult index() {
    return new ImageIndexer(line -> {}).index(request(Platform.LINUX_AMD64));
  }

  private Index stored(Digest digest) throws IOException {
    LayoutSource source = LayoutSource.archive(folder.resolve("all.tar"));
    return Json.parse("index", source.document(source.find(null, digest)), Index.class);
  }

  @Test
  void index_hasEveryImageWithItsOwnDigest_inTheOrderOfPlatforms() throws IOException {
    assemble(Platform.LINUX_S390X, Platform.LINUX_ARM_V7, Platform.LINUX_AMD64);
    IndexReport made = index().report();

    Index index = stored(made.digest());
    assertThat(index.manifests())
        .extracting(Descriptor::digest)
        .containsExactly(reports.get(2).digest(), reports.get(1).digest(), reports.get(0).digest());
    assertThat(index.manifests())
        .extracting(each -> String.valueOf(each.platform()))
        .containsExactly("linux/amd64", "linux/arm/v7", "linux/s390x");
    assertThat(index.annotations())
        .containsEntry("org.opencontainers.image.title", "tiny")
        .hasSize(2);
    assertThat(Json.read(folder.resolve("index.json"), IndexReport.class)).isEqualTo(made);
    assertThat(made.images())
        .extracting(IndexReport.Entry::platform)
        .containsExactly(Platform.LINUX_AMD64, Platform.LINUX_ARM_V7, Platform.LINUX_S390X);
    assertThat(made.archiveDigest()).isEqualTo(Digest.of(folder.resolve("all.tar")));
  }

  /** Fixes the encoding, as the golden digests of single images do. */
  @Test
  void golden_digestsAreTheSameForYears_inWhateverOrder() throws IOException {
    assemble(Platform.LINUX_ARM64, Platform.LINUX_AMD64);
    IndexReport one = index().report();
    archives.add(archives.remove(0));
    Files.delete(folder.resolve("all.tar"));
    IndexReport other = index().report();
    assertThat(other).isEqualTo(one);
    assertThat(List.of(one.digest(), one.archiveDigest()))
        .extracting(Digest::toString)
        .containsExactly(
            "sha256:723e5cb11f10885f159b7f08cb7d23b2deff4ae2e1b1f6ca9a9ab97965b666cd",
            "sha256:89fb278430495af96b4b03d69f9f7bee650bd6b4801df42c9b842f6466278592");
  }

  @Test
  void index_again_isUpToDate_untilAnImageChanges() throws IOException {
    assemble(Platform.LINUX_AMD64, Platform.LINUX_ARM64);
    assertThat(index().upToDate()).isFalse();
    assertThat(index().upToDate()).isTrue();
    assemble(Platform.LINUX_386);
    assertThat(index().upToDate()).isFalse();
    Files.writeString(folder.resolve("all.tar"), "x");
    assertThat(index().upToDate()).isFalse();
  }

  @Test
  void dockerManifest_isThatOfThePlatformAskedFor() throws IOException {
    assemble(Platform.LINUX_AMD64, Platform.LINUX_ARM64);
    new ImageIndexer(line -> {}).index(request(Platform.LINUX_ARM64));
    String tar = Files.readString(folder.resolve("all.tar"), StandardCharsets.ISO_8859_1);
    assertThat(tar)
        .contains(
            "[{\"Config\":\"blobs/sha256/"
                + reports.get(1).configDigest().hex()
                + "\",\"RepoTags\":[\"example/tiny:1.0\"]");
  }

  @Test
  void twoImagesOfOnePlatform_areRefused() throws IOException {
    assemble(Platform.LINUX_ARM64, Platform.LINUX_ARM64);
    assertFails(ImageCode.PLATFORM_MISMATCH, this::index)
        .hasMessageContaining("are both for linux/arm64; expected one image for each platform");
    assertThat(folder.resolve("all.tar")).doesNotExist();
  }

  @Test
  void noImages_areRefused() {
    assertFails(CommonCode.CONFIGURATION, this::index).hasMessageContaining("at least one image");
  }

  @Test
  void anIndexAsImage_isRefused() throws IOException {
    assemble(Platform.LINUX_ARM64);
    index();
    archives.set(0, folder.resolve("all.tar"));
    assertFails(
            ImageCode.ARCHIVE_DAMAGED,
            () ->
                new ImageIndexer(line -> {})
                    .index(
                        new IndexRequest(
                            archives,
                            ImageName.parse("x"),
                            Platform.LINUX_AMD64,
                            folder.resolve("b.tar"),
                            folder.resolve("b.json"),
                            "test")))
        .hasMessageContaining("it is not the image of one platform");
  }

  @Test
  void damagedImage_isRefused() throws IOException {
    assemble(Platform.LINUX_AMD64);
    byte[] bytes = Files.readAllBytes(archives.get(0));
    byte[] layer =
        Files.readAllBytes(archives.get(0).resolveSibling("layers").resolve("app.tar.gz"));
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    bytes[text.indexOf(new String(layer, StandardCharsets.ISO_8859_1)) + 30] ^= 1;
    Files.write(archives.get(0), bytes);
    assertFails(ImageCode.ARCHIVE_DAMAGED, this::index)
        .hasMessageContaining("expected " + reports.get(0).layers().get(1).digest());
    assertThat(folder.resolve("all.tar")).doesNotExist();
    assertThat(folder.resolve("index.json")).doesNotExist();
  }

  /** An independent reader takes the image of whichever platform it is asked for. */
  @Test
  void skopeo_readsEachPlatform() throws Exception {
    assemble(Platform.LINUX_AMD64, Platform.LINUX_ARM_V7, Platform.LINUX_RISCV64);
    IndexReport made = index().report();
    String archive = "oci-archive:" + folder.resolve("all.tar");
    assertThat(
            Digest.of(
                Tools.run("skopeo", "inspect", "--raw", archive).getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(made.digest());
    assertThat(
            Tools.run(
                "skopeo",
                "--override-arch=riscv64",
                "inspect",
                "--format={{.Architecture}}",
                archive))
        .isEqualTo("riscv64\n");
    assertThat(
            Tools.run(
                "skopeo",
                "--override-arch=arm",
                "--override-variant=v7",
                "inspect",
                "--config",
                "--format={{.Architecture}}",
                archive))
        .isEqualTo("arm\n");
    Path copy = folder.resolve("copy");
    Tools.run(
        "skopeo",
        "--insecure-policy",
        "copy",
        "--quiet",
        "--all",
        "--preserve-digests",
        archive,
        "dir:" + copy);
    assertThat(Digest.of(copy.resolve("manifest.json"))).isEqualTo(made.digest());
    assertThat(
            Tools.run(
                "skopeo",
                "inspect",
                "--config",
                "--format={{.Architecture}}",
                "docker-archive:" + folder.resolve("all.tar") + ":" + Fixture.NAME))
        .isEqualTo("amd64\n");
  }
}
