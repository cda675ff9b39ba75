package io.github.prosodyoci.evidence.maven;

import static io.github.prosodyoci.maven.GoalFixture.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.evidence.Fixture;
import io.github.prosodyoci.evidence.sign.Keys;
import io.github.prosodyoci.evidence.sign.SigningKey;
import io.github.prosodyoci.image.ImageIndexer;
import io.github.prosodyoci.image.ImageName;
import io.github.prosodyoci.image.IndexReport;
import io.github.prosodyoci.image.IndexRequest;
import io.github.prosodyoci.maven.GoalFixture;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.settings.crypto.SettingsDecrypter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvidenceGoalsTest {

  private static final SettingsDecrypter DECRYPTER = GoalFixture.unused(SettingsDecrypter.class);

  @TempDir Path folder;
  private GoalFixture maven;

  @BeforeEach
  void prepare() {
    maven = new GoalFixture(folder);
    maven.request.getUserProperties().setProperty("project.build.outputTimestamp", "1793491200");
    maven.model.setName("Tiny");
  }

  private AttachMojo attach() throws Exception {
    AttachMojo mojo = maven.prepare(new AttachMojo(DECRYPTER), "image-evidence:attach");
    set(mojo, "version", "1");
    mojo.image = "registry.example/server";
    mojo.reportFile = folder.resolve("target/image.json").toFile();
    mojo.folder = folder.resolve("target/evidence").toFile();
    return mojo;
  }

  private VerifyMojo verify(String image) throws Exception {
    VerifyMojo mojo = maven.prepare(new VerifyMojo(DECRYPTER), "image-evidence:verify");
    set(mojo, "version", "1");
    mojo.image = image;
    return mojo;
  }

  @Test
  void sbom_ofABuild_logsEachFileBelowTheFolderOfTheBuild() throws Exception {
    new Fixture(folder.resolve("target")).make();
    SbomMojo mojo = maven.prepare(new SbomMojo(), "image-evidence:sbom");
    set(mojo, "version", "1");
    mojo.reportFile = folder.resolve("target/image.json").toFile();
    mojo.folder = folder.resolve("target/evidence").toFile();

    mojo.execute();
    mojo.execute();

    assertThat(maven.info)
        .contains(
            "Wrote target/evidence/sbom.cdx.json", "Up to date: target/evidence/sbom.cdx.json");
    assertThat(folder.resolve("target/evidence/sbom.cdx.json")).content().contains("\"Tiny\"");
  }

  @Test
  void documents_ofSeveralPlatforms_areWrittenForEachAndForTheIndex() throws Exception {
    Path target = folder.resolve("target");
    List<Path> archives = new ArrayList<>();
    for (Platform platform : List.of(Platform.LINUX_AMD64, Platform.LINUX_S390X)) {
      Path made = target.resolve(platform.fileName());
      new Fixture(made).make(platform);
      Files.delete(made.resolve("verification.json"));
      archives.add(made.resolve("server.tar"));
    }
    new Fixture(target).write("verification.json", Fixture.VERIFICATION);
    IndexReport index =
        new ImageIndexer(line -> {})
            .index(
                new IndexRequest(
                    archives,
                    ImageName.parse("example/server:1.0-r0"),
                    Platform.LINUX_AMD64,
                    target.resolve("server.tar"),
                    target.resolve("index.json"),
                    "test"))
            .report();
    SbomMojo sbom = documents(new SbomMojo(), "image-evidence:sbom");
    sbom.indexReportFile = target.resolve("index.json").toFile();
    PageMojo page = documents(new PageMojo(), "image-evidence:page");
    page.pageFile = target.resolve("image.html").toFile();

    sbom.execute();
    page.execute();

    assertThat(target.resolve("evidence/sbom.cdx.json")).content().contains(index.digest().hex());
    for (IndexReport.Entry image : index.images()) {
      Path made = target.resolve(image.platform().fileName());
      String digest = image.digest().hex();
      assertThat(target.resolve("evidence/sbom.cdx.json")).content().contains(digest);
      assertThat(made.resolve("evidence/sbom.cdx.json")).content().contains(digest);
      assertThat(made.resolve("image.html")).content().contains(digest, "jo@tls.example");
    }
  }

  private <T extends DocumentsGoal> T documents(T goal, String name) throws Exception {
    T mojo = maven.prepare(goal, name);
    set(mojo, "version", "1");
    set(mojo, "platforms", List.of("linux/s390x", "linux/amd64"));
    mojo.reportFile = folder.resolve("target/image.json").toFile();
    mojo.folder = folder.resolve("target/evidence").toFile();
    return mojo;
  }

  @Test
  void attach_withoutNameOrKey_doesNothingAndSaysSo() throws Exception {
    AttachMojo noName = attach();
    noName.image = " ";
    noName.execute();
    attach().execute();

    assertThat(maven.info)
        .containsExactly(
            "No image name given (-Dprosodyoci.image=registry/repo): nothing attached",
            "No signing key given (-Dprosodyoci.signing.key=<file> or PROSODYOCI_SIGNING_KEY):"
                + " nothing signed or attached");
  }

  @Test
  void key_ofTheFileOrElseTheEnvironment_isUsed() throws Exception {
    String inFile = Keys.ed25519();
    String inVariable = Keys.p256();
    assertThat(KeyFiles.signing(null, Map.of())).isEmpty();
    assertThat(KeyFiles.signing(null, Map.of(KeyFiles.VARIABLE, "\n"))).isEmpty();
    assertThat(KeyFiles.signing(null, Map.of(KeyFiles.VARIABLE, inVariable)).orElseThrow())
        .hasToString(SigningKey.parse("k", inVariable).toString());

    File file = Files.writeString(folder.resolve("key.pem"), inFile).toFile();

    assertThat(KeyFiles.signing(file, Map.of(KeyFiles.VARIABLE, inVariable)).orElseThrow())
        .hasToString(SigningKey.parse("k", inFile).toString());
  }

  @Test
  void attach_keyThatIsNone_isRefusedWithoutShowingIt() throws Exception {
    AttachMojo mojo = attach();
    mojo.signingKey = Files.writeString(folder.resolve("key.pem"), "secret123").toFile();

    Throwable refused = catchThrowable(mojo::execute);

    assertThat(refused)
        .isInstanceOf(MojoFailureException.class)
        .hasMessageContaining("key.pem: it is not a PEM file (bad-key)");
    assertThat(refused).hasMessageNotContaining("secret123");
    mojo.signingKey = folder.resolve("none.pem").toFile();
    assertThatThrownBy(mojo::execute).hasMessageContaining("(bad-key)");
  }

  @Test
  void verify_withoutDigestOrKeys_isRefused() throws Exception {
    assertThatThrownBy(verify(null)::execute).hasMessageContaining("the image to verify");
    assertThatThrownBy(verify("registry.example/server:1.0")::execute)
        .hasMessageContaining("it has no digest; expected registry/repository@sha256:");
    assertThatThrownBy(verify("registry.example/server@sha256:12")::execute)
        .hasMessageContaining("configuration");
    assertThatThrownBy(verify("registry.example/server@" + Fixture.source(1))::execute)
        .hasMessageContaining("at least one key, and a threshold between 1 and their number");
    VerifyMojo noKey = verify("registry.example/server@" + Fixture.source(1));
    noKey.keys = List.of(folder.resolve("none.pub").toFile());
    assertThatThrownBy(noKey::execute).hasMessageContaining("(bad-key)");
  }

  /** The parent POM lists the modules whose superclasses of goals are looked at. */
  @Test
  void descriptor_ofEachGoal_hasTheParametersThatItInherits() throws Exception {
    String[] goals =
        Files.readString(Path.of("target/classes/META-INF/maven/plugin.xml")).split("<mojo>", -1);

    for (String goal : goals) {
      if (goal.contains("Mojo</implementation>") && !goal.contains("HelpMojo")) {
        assertThat(goal).contains("<name>skipAll</name>", "<name>session</name>");
      }
      if (goal.matches("(?s).*<goal>(attach|rebuild|sources|verify)</goal>.*")) {
        assertThat(goal).contains("<name>allowInsecureRegistries</name>");
      }
    }
    assertThat(goals).hasSizeGreaterThan(7);
  }

  @Test
  void verify_offline_isRefused() throws Exception {
    maven.request.setOffline(true);
    VerifyMojo mojo = verify("registry.example/server@" + Fixture.source(1));
    String key = SigningKey.parse("k", Keys.p256()).publicPem();
    mojo.keys = List.of(Files.writeString(folder.resolve("key.pub"), key).toFile());

    assertThatThrownBy(mojo::execute).hasMessageContaining("Maven is offline");
  }
}
