package io.github.prosodyoci.image;

import static io.github.prosodyoci.image.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.archive.Layer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageAssemblerTest {

  @TempDir Path folder;
  private Fixture fixture;

  @BeforeEach
  void makeLayers() throws IOException {
    fixture = new Fixture(folder);
  }

  /** Returns the archive's files by name; folders and headers are checked on the way. */
  private Map<String, byte[]> files() throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    List<String> names = new ArrayList<>();
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(Files.newInputStream(fixture.archive()))) {
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        assertThat(e.getLastModifiedTime()).isEqualTo(FileTime.from(Fixture.TIME));
        assertThat(e.getLongUserId()).isZero();
        assertThat(e.getMode()).isEqualTo(e.isDirectory() ? 0755 : 0644);
        names.add(e.getName());
        if (e.isFile()) {
          files.put(e.getName(), tar.readAllBytes());
        }
      }
    }
    assertThat(names).isSorted().doesNotHaveDuplicates();
    return files;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /**
   * Fixes the encoding: a change here gives every image another digest, and so needs a new encoding
   * version.
   */
  @Test
  void golden_digestsAreTheSameForYears() throws IOException {
    ImageReport report = fixture.assemble().report();
    assertThat(List.of(report.digest(), report.configDigest(), report.archiveDigest()))
        .extracting(Digest::toString)
        .containsExactly(
            "sha256:3c6dafbea0f6ed9191e24592839dfb1279ca6c37822ea2bbd3dc6f1050b1c52a",
            "sha256:1490451f2ad4579d2d0a554cbfce6ce59f3b241fd9ee3f5922d1046848746440",
            "sha256:33764698b0d28697944b186a658b94df6f386e5745109a7705bbbfe5a3b8e9ff");
  }

  @Test
  void archive_isAnOciLayoutWhoseBlobsAreNamedByTheirDigests() throws IOException {
    ImageReport report = fixture.assemble().report();
    Map<String, byte[]> files = files();
    assertThat(text(files.get("oci-layout"))).isEqualTo("{\"imageLayoutVersion\":\"1.0.0\"}");
    files.forEach(
        (name, content) -> {
          if (name.startsWith("blobs/")) {
            assertThat(name).isEqualTo("blobs/sha256/" + Digest.of(content).hex());
          }
        });
    List<String> blobs = new ArrayList<>();
    blobs.add("blobs/sha256/" + report.digest().hex());
    blobs.add("blobs/sha256/" + report.configDigest().hex());
    report.layers().forEach(layer -> blobs.add("blobs/sha256/" + layer.digest().hex()));
    assertThat(files.keySet())
        .containsAll(blobs)
        .contains("oci-layout", "index.json", "manifest.json")
        .hasSize(blobs.size() + 3);
  }

  @Test
  void index_pointsToTheManifestWithPlatformAndName() throws IOException {
    ImageReport report = fixture.assemble().report();
    Map<String, byte[]> files = files();
    int size = files.get("blobs/sha256/" + report.digest().hex()).length;
    assertThat(text(files.get("index.json")))
        .isEqualTo(
            """
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json",\
            "manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json",\
            "digest":"%s","size":%d,"platform":{"architecture":"amd64","os":"linux"},\
            "annotations":{"io.containerd.image.name":"docker.io/example/tiny:1.0",\
            "org.opencontainers.image.ref.name":"example/tiny:1.0"}}]}\
            """
                .formatted(report.digest(), size));
  }

  @Test
  void manifest_pointsToConfigAndLayersAsTheyWereGiven() throws IOException {
    ImageReport report = fixture.assemble().report();
    Map<String, byte[]> files = files();
    List<Layer> layers = report.layers();
    assertThat(text(files.get("blobs/sha256/" + report.digest().hex())))
        .isEqualTo(
            """
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",\
            "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s",\
            "size":%d},"layers":[\
            {"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"%s","size":%d},\
            {"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"%s","size":%d}],\
            "annotations":{"org.opencontainers.image.created":"2026-11-01T00:00:00Z",\
            "org.opencontainers.image.title":"tiny"}}\
            """
                .formatted(
                    report.configDigest(),
                    files.get("blobs/sha256/" + report.configDigest().hex()).length,
                    layers.get(0).digest(),
                    layers.get(0).size(),
                    layers.get(1).digest(),
                    layers.get(1).size()));
    for (Layer layer : layers) {
      assertThat(files.get("blobs/sha256/" + layer.digest().hex()))
          .isEqualTo(Files.readAllBytes(folder.resolve(layer.file())));
    }
  }

  @Test
  void config_holdsEveryParameter() throws IOException {
    ImageReport report = fixture.assemble().report();
    assertThat(text(files().get("blobs/sha256/" + report.configDigest().hex())))
        .isEqualTo(
            """
            {"created":"2026-11-01T00:00:00Z","architecture":"amd64","os":"linux","config":{\
            "User":"100:101",\
            "ExposedPorts":{"5222/tcp":{},"5269/tcp":{},"53/udp":{}},\
            "Env":["PATH=/usr/bin:/bin","LANG=C.UTF-8"],\
            "Entrypoint":["/usr/bin/start","--now"],"Cmd":["serve"],\
            "Volumes":{"/etc/tiny":{},"/var/lib/tiny":{}},"WorkingDir":"/var/lib/tiny",\
            "Labels":{"a":"1"},"StopSignal":"SIGTERM",\
            "Healthcheck":{"Test":["CMD","/usr/bin/check"],"Interval":30000000000,\
            "Timeout":5000000000,"Retries":3}},\
            "rootfs":{"type":"layers","diff_ids":["%s","%s"]},\
            "history":[{"created":"2026-11-01T00:00:00Z","created_by":"base: base-1.0-r0"},\
            {"created":"2026-11-01T00:00:00Z","created_by":"app: app-1.0-r0"}]}\
            """
                .formatted(report.layers().get(0).diffId(), report.layers().get(1).diffId()));
  }

  @Test
  void report_isReadBackAndItsPathsLeadToTheFiles() throws IOException {
    ImageReport report = fixture.assemble().report();
    assertThat(Json.read(fixture.report(), ImageReport.class)).isEqualTo(report);
    assertThat(folder.resolve(report.archive())).isEqualTo(fixture.archive());
    assertThat(Digest.of(fixture.archive())).isEqualTo(report.archiveDigest());
    assertThat(report.layers())
        .allSatisfy(layer -> assertThat(folder.resolve(layer.file())).hasSize(layer.size()));
  }

  @Test
  void report_inAnotherFolderThanTheLayers_leadsToThem() throws IOException {
    AssembleRequest request =
        new AssembleRequest(
            fixture.layersFile(),
            Fixture.description(),
            folder.resolve("out/a.tar"),
            folder.resolve("out/image.json"),
            "test 1");
    ImageReport report = new ImageAssembler(line -> {}).assemble(request).report();
    assertThat(report.archive()).isEqualTo("a.tar");
    assertThat(report.layers().get(0).file()).isEqualTo("../layers/base.tar.gz");
  }

  @Test
  void assemble_elsewhereAndOtherwise_givesTheSameArchive(@TempDir Path other) throws IOException {
    Digest here = fixture.assemble().report().archiveDigest();
    Locale locale = Locale.getDefault();
    TimeZone zone = TimeZone.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG"));
    TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));
    try {
      Fixture second = new Fixture(other.resolve("a b/ü"));
      assertThat(second.assemble().report().archiveDigest()).isEqualTo(here);
    } finally {
      Locale.setDefault(locale);
      TimeZone.setDefault(zone);
    }
  }

  @Test
  void assemble_again_isUpToDate() throws IOException {
    AssembleResult first = fixture.assemble();
    FileTime time = Files.getLastModifiedTime(fixture.archive());
    AssembleResult second = fixture.assemble();
    assertThat(first.upToDate()).isFalse();
    assertThat(second.upToDate()).isTrue();
    assertThat(second.report()).isEqualTo(first.report());
    assertThat(Files.getLastModifiedTime(fixture.archive())).isEqualTo(time);
  }

  @Test
  void assemble_withDamagedArchive_makesItAgain() throws IOException {
    Digest whole = fixture.assemble().report().archiveDigest();
    byte[] bytes = Files.readAllBytes(fixture.archive());
    bytes[600] ^= 1;
    Files.write(fixture.archive(), bytes);
    assertThat(fixture.assemble().upToDate()).isFalse();
    assertThat(Digest.of(fixture.archive())).isEqualTo(whole);
  }

  @Test
  void assemble_withMissingOrBrokenReport_makesItAgain() throws IOException {
    fixture.assemble();
    Files.writeString(fixture.report(), "{");
    assertThat(fixture.assemble().upToDate()).isFalse();
    assertThat(fixture.said)
        .singleElement()
        .asString()
        .startsWith("The report " + fixture.report() + " of an earlier build is not used: ");
    Files.delete(fixture.report());
    assertThat(fixture.assemble().upToDate()).isFalse();
    assertThat(fixture.assemble().upToDate()).isTrue();
  }

  @Test
  void assemble_byAnotherVersionOrWithAnotherName_makesItAgain() throws IOException {
    fixture.assemble();
    assertThat(assembleAs(Fixture.NAME, "test 2").upToDate()).isFalse();
    assertThat(assembleAs("other:1", "test 2").upToDate()).isFalse();
    assertThat(assembleAs("other:1", "test 2").upToDate()).isTrue();
  }

  private AssembleResult assembleAs(String name, String madeBy) {
    return new ImageAssembler(line -> {})
        .assemble(
            new AssembleRequest(
                fixture.layersFile(),
                Fixture.description(name),
                fixture.archive(),
                fixture.report(),
                madeBy));
  }

  private Layer firstLayer() throws IOException {
    return Json.read(fixture.layersFile(), LayerList.class).layers().get(0);
  }

  private void replaceFirstLayer(Layer layer) throws IOException {
    LayerList list = Json.read(fixture.layersFile(), LayerList.class);
    Json.write(
        fixture.layersFile(),
        new LayerList(list.platform(), List.of(layer, list.layers().get(1)), List.of()));
  }

  private void assertRefused(String message) throws IOException {
    assertFails(ImageCode.LAYER_MISMATCH, () -> fixture.assemble())
        .hasMessageContaining(message)
        .hasMessageEndingWith("Make the layers again: mvn clean package.");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("layers", "rootfs.json");
    }
  }

  @Test
  void layer_withOtherBytes_isRefused() throws IOException {
    Path file = folder.resolve(firstLayer().file());
    byte[] bytes = Files.readAllBytes(file);
    bytes[20] ^= 1;
    Files.write(file, bytes);
    assertRefused(
        "Could not use the layer base: its digest is "
            + Digest.of(file)
            + "; expected "
            + firstLayer().digest());
  }

  @Test
  void layer_cutShort_isRefused() throws IOException {
    Path file = folder.resolve(firstLayer().file());
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 9));
    assertRefused(
        "Could not use the layer base: its size is "
            + (bytes.length - 9)
            + "; expected "
            + bytes.length);
  }

  @Test
  void layer_withOtherDiffId_isRefused() throws IOException {
    Layer layer = firstLayer();
    Digest wrong = Digest.of(new byte[0]);
    replaceFirstLayer(
        new Layer(
            layer.name(), layer.file(), layer.digest(), wrong, layer.size(), layer.contents()));
    assertRefused(
        "Could not use the layer base: its diffID is " + layer.diffId() + "; expected " + wrong);
  }

  @Test
  void layer_thatIsNotGzip_isRefused() throws IOException {
    Layer layer = firstLayer();
    Path file = Files.writeString(folder.resolve(layer.file()), "plain");
    replaceFirstLayer(
        new Layer(
            layer.name(), layer.file(), Digest.of(file), layer.diffId(), 5, layer.contents()));
    assertRefused("is not gzip");
  }

  @Test
  void layer_missing_isRefused() throws IOException {
    Files.delete(folder.resolve(firstLayer().file()));
    assertRefused("Could not use the layer base: there is no file ");
  }

  @Test
  void layersFile_missing_saysWhatMakesIt() throws IOException {
    Files.delete(fixture.layersFile());
    assertFails(ImageCode.NO_LAYERS, () -> fixture.assemble())
        .hasMessageContaining("rootfs.json (no-layers). Run alpine-rootfs:layers first");
  }

  @Test
  void layersFile_withoutLayers_isRefused() throws IOException {
    Files.writeString(fixture.layersFile(), "{\"platform\":\"linux/amd64\",\"layers\":[]}");
    assertFails(ImageCode.NO_LAYERS, () -> fixture.assemble())
        .hasMessageContaining("it has no layers");
    Files.writeString(fixture.layersFile(), "{}");
    assertFails(ImageCode.NO_LAYERS, () -> fixture.assemble()).hasMessageContaining("rootfs.json");
  }

  @Test
  void layersFile_ofAnotherPlatform_isRefused() throws IOException {
    LayerList list = Json.read(fixture.layersFile(), LayerList.class);
    Json.write(fixture.layersFile(), new LayerList(Platform.LINUX_ARM64, list.layers(), List.of()));
    assertFails(ImageCode.PLATFORM_MISMATCH, () -> fixture.assemble())
        .hasMessageContaining("are for linux/arm64; expected linux/amd64");
  }

  @Test
  void history_ofManyContents_isCut() {
    Layer layer =
        new Layer(
            "base",
            "x",
            Digest.of(new byte[0]),
            Digest.of(new byte[0]),
            1,
            Stream.iterate(1, i -> i + 1).limit(15).map(i -> "p" + i).toList());
    assertThat(text(Image.of(Fixture.description(), List.of(layer), null).config()))
        .contains(
            "\"created_by\":\"base: p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12 and 3"
                + " more\"");
  }

  @Test
  void platformWithVariant_isInConfigAndIndex() throws IOException {
    LayerList list = Json.read(fixture.layersFile(), LayerList.class);
    Json.write(
        fixture.layersFile(), new LayerList(Platform.LINUX_ARM_V7, list.layers(), List.of()));
    ImageDescription description =
        new ImageDescription(
            ImageName.parse("x"),
            Platform.LINUX_ARM_V7,
            Fixture.TIME,
            ContainerConfig.EMPTY,
            Map.of());
    ImageReport report =
        new ImageAssembler(line -> {})
            .assemble(
                new AssembleRequest(
                    fixture.layersFile(),
                    description,
                    fixture.archive(),
                    fixture.report(),
                    "test 1"))
            .report();
    assertThat(text(files().get("blobs/sha256/" + report.configDigest().hex())))
        .contains("\"architecture\":\"arm\",\"os\":\"linux\",\"variant\":\"v7\",");
    assertThat(text(files().get("index.json")))
        .contains("\"platform\":{\"architecture\":\"arm\",\"os\":\"linux\",\"variant\":\"v7\"}");
  }

  @Test
  void emptyConfig_leavesItsFieldsOut() {
    ImageDescription description =
        new ImageDescription(
            ImageName.parse("x"),
            Platform.LINUX_ARM64,
            Fixture.TIME,
            ContainerConfig.EMPTY,
            Map.of());
    Layer layer = new Layer("l", "x", Digest.of(new byte[0]), Digest.of(new byte[0]), 1, List.of());
    assertThat(text(Image.of(description, List.of(layer), null).config()))
        .contains("\"architecture\":\"arm64\",\"os\":\"linux\",\"config\":{},\"rootfs\"")
        .contains("\"created_by\":\"l\"");
  }
}
