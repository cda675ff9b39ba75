package io.github.prosodyoci.image.maven;

import static io.github.prosodyoci.maven.GoalFixture.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.image.DockerRegistry;
import io.github.prosodyoci.image.Fixture;
import io.github.prosodyoci.image.ImageReport;
import io.github.prosodyoci.image.IndexReport;
import io.github.prosodyoci.image.Tools;
import io.github.prosodyoci.maven.GoalFixture;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.settings.crypto.SettingsDecrypter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The goals for images of several platforms: index, push of an index, copy. */
class PlatformsGoalTest {

  @TempDir Path folder;
  private GoalFixture maven;
  private final List<File> reports = new ArrayList<>();

  @BeforeEach
  void assemble() throws IOException {
    maven = new GoalFixture(folder);
    for (Platform platform : List.of(Platform.LINUX_ARM64, Platform.LINUX_AMD64)) {
      Fixture fixture = new Fixture(folder.resolve(platform.fileName()), platform);
      fixture.assemble();
      reports.add(fixture.report().toFile());
    }
  }

  private IndexMojo index() throws Exception {
    IndexMojo mojo = maven.prepare(new IndexMojo(), "image-assemble:index");
    mojo.images = reports;
    mojo.shortName = "tiny";
    mojo.dockerPlatform = "linux/amd64";
    mojo.archiveFile = folder.resolve("tiny.tar").toFile();
    mojo.reportFile = folder.resolve("index.json").toFile();
    return mojo;
  }

  private CopyMojo copy(String from, String to) throws Exception {
    CopyMojo mojo =
        maven.prepare(
            new CopyMojo(GoalFixture.unused(SettingsDecrypter.class)), "image-assemble:copy");
    set(mojo, "version", "1");
    mojo.from = from;
    mojo.to = to;
    return mojo;
  }

  @Test
  void index_ofTheReports_isPushedWithTheTagsOfTheRule() throws Exception {
    index().execute();
    IndexReport made = Json.read(folder.resolve("index.json"), IndexReport.class);
    assertThat(made.name()).isEqualTo(Fixture.NAME);
    assertThat(maven.info)
        .contains("  digest  " + made.digest())
        .anyMatch(line -> line.startsWith("  linux/arm64  sha256:"));

    try (DockerRegistry registry = new DockerRegistry(folder.resolve("registry"), false)) {
      PushMojo push = push(registry.host() + "/tiny");
      push.reportFile = folder.resolve("index.json").toFile();
      push.tagRule = List.of("version", "major", "latest");
      push.execute();
      for (String tag : List.of("1.0", "1", "latest")) {
        assertThat(
                Tools.run(
                    "skopeo",
                    "inspect",
                    "--tls-verify=false",
                    "--format={{.Digest}}",
                    "docker://" + registry.host() + "/tiny:" + tag))
            .isEqualTo(made.digest() + "\n");
      }
      Path pulled = folder.resolve("pulled");
      Tools.run(
          "skopeo",
          "--insecure-policy",
          "copy",
          "--quiet",
          "--all",
          "--preserve-digests",
          "--src-tls-verify=false",
          "docker://" + registry.host() + "/tiny:1.0",
          "oci:" + pulled + ":1.0");
      Path pushed = Files.createDirectory(folder.resolve("pushed"));
      Tools.run("tar", "-xf", folder.resolve("tiny.tar").toString(), "-C", pushed.toString());
      assertThat(blobs(pulled)).isEqualTo(blobs(pushed)).hasSizeGreaterThan(5);
    }
  }

  @Test
  void goals_ofSeveralPlatforms_makeTheImagesOfEachAloneAndPushTheIndex() throws Exception {
    Path target = folder.resolve("target");
    Map<Platform, Digest> alone = new TreeMap<>();
    for (Platform platform : List.of(Platform.LINUX_AMD64, Platform.LINUX_ARM64)) {
      var unused = new Fixture(target, platform);
      archive(target, platform.toString()).execute();
      alone.put(platform, Json.read(target.resolve("image.json"), ImageReport.class).digest());
      unused = new Fixture(target.resolve(platform.fileName()), platform);
    }
    String[] both = {"linux/arm64", "linux/amd64"};

    archive(target, both).execute();
    IndexMojo index = index();
    index.images = List.of();
    index.imageReportFile = target.resolve("image.json").toFile();
    index.archiveFile = null;
    index.reportFile = target.resolve("index.json").toFile();
    set(index, "platforms", List.of(both));
    index.execute();

    IndexReport made = Json.read(target.resolve("index.json"), IndexReport.class);
    assertThat(made.images())
        .extracting(IndexReport.Entry::platform)
        .containsExactly(Platform.LINUX_AMD64, Platform.LINUX_ARM64);
    for (IndexReport.Entry each : made.images()) {
      assertThat(each.digest()).isEqualTo(alone.get(each.platform()));
      Path report = target.resolve(each.platform().fileName()).resolve("image.json");
      ImageReport image = Json.read(report, ImageReport.class);
      assertThat(image.digest()).isEqualTo(each.digest());
      assertThat(report.resolveSibling(image.archive()).normalize())
          .isEqualTo(target.resolve("tiny-" + each.platform().fileName() + ".tar"))
          .exists();
    }
    assertThat(target.resolve("tiny.tar")).exists();

    try (DockerRegistry registry = new DockerRegistry(folder.resolve("registry"), false)) {
      PushMojo push = push(registry.host() + "/tiny:1");
      push.reportFile = target.resolve("image.json").toFile();
      push.indexReportFile = target.resolve("index.json").toFile();
      set(push, "platforms", List.of(both));
      push.execute();
      assertThat(maven.info).last().isEqualTo(registry.host() + "/tiny@" + made.digest());
    }
  }

  @Test
  void push_ofSeveralPlatformsWithoutIndex_isRefused() throws Exception {
    PushMojo push = push("registry.example.org/tiny:1");
    push.reportFile = reports.get(0);
    push.indexReportFile = folder.resolve("none.json").toFile();
    set(push, "platforms", List.of("linux/arm64", "linux/amd64"));
    assertThatThrownBy(push::execute)
        .isInstanceOf(MojoFailureException.class)
        .hasMessageContaining("there is no file " + folder.resolve("none.json"));
  }

  private PushMojo push(String image) throws Exception {
    PushMojo push =
        maven.prepare(
            new PushMojo(GoalFixture.unused(SettingsDecrypter.class)), "image-assemble:push");
    set(push, "version", "1");
    push.image = image;
    return push;
  }

  private ArchiveMojo archive(Path target, String... platforms) throws Exception {
    ArchiveMojo mojo =
        maven.prepare(
            new ArchiveMojo(GoalFixture.unused(SettingsDecrypter.class)), "image-assemble:archive");
    set(mojo, "platforms", List.of(platforms));
    maven.request.getUserProperties().setProperty("project.build.outputTimestamp", "1793491200");
    mojo.shortName = "tiny";
    mojo.layersFile = target.resolve("rootfs.json").toFile();
    mojo.reportFile = target.resolve("image.json").toFile();
    return mojo;
  }

  private static Map<String, Digest> blobs(Path layout) throws IOException {
    Map<String, Digest> blobs = new TreeMap<>();
    try (Stream<Path> files = Files.list(layout.resolve("blobs/sha256"))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        blobs.put(file.getFileName().toString(), Digest.of(file));
      }
    }
    return blobs;
  }

  @Test
  void index_withoutImages_doesNothingAndSaysSo() throws Exception {
    IndexMojo mojo = index();
    mojo.images = List.of();
    mojo.execute();
    assertThat(maven.info).containsExactly("One platform (prosodyoci.platforms): no index made");
    assertThat(folder.resolve("tiny.tar")).doesNotExist();
  }

  @Test
  void index_missingReport_isNamed() throws Exception {
    IndexMojo mojo = index();
    mojo.images = List.of(folder.resolve("none.json").toFile());
    assertThatThrownBy(mojo::execute)
        .isInstanceOf(MojoFailureException.class)
        .hasMessageContaining("there is no report " + folder.resolve("none.json"));
  }

  @Test
  void copy_toALayout_saysWhatWasCopied() throws Exception {
    index().execute();
    IndexReport made = Json.read(folder.resolve("index.json"), IndexReport.class);
    String to = "oci:" + folder.resolve("layout") + ":one";
    copy("oci-archive:" + folder.resolve("tiny.tar"), to).execute();
    assertThat(maven.info)
        .last()
        .asString()
        .startsWith(
            "Copied " + made.digest() + " to " + to + ": 3 manifests (0 of them referrers), ");
  }

  @Test
  void copy_fromARegistryOffline_isRefused() throws Exception {
    maven.request.setOffline(true);
    CopyMojo mojo = copy("registry.example.org/a:1", "oci:" + folder.resolve("layout"));
    assertThatThrownBy(mojo::execute)
        .isInstanceOf(MojoFailureException.class)
        .hasMessageContaining("Maven is offline (configuration). Leave out -o.");
  }
}
