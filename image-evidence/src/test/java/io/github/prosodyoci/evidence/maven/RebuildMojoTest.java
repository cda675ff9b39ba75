package io.github.prosodyoci.evidence.maven;

import static io.github.prosodyoci.maven.GoalFixture.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.evidence.Fixture;
import io.github.prosodyoci.evidence.RebuildFixture;
import io.github.prosodyoci.maven.GoalFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.apache.maven.rtinfo.RuntimeInformation;
import org.apache.maven.settings.crypto.SettingsDecrypter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RebuildMojoTest {

  private static final String MAVEN_HOME = "maven.home";

  @TempDir Path folder;
  private GoalFixture maven;
  private RebuildFixture built;
  private String home;

  @BeforeEach
  void build() throws Exception {
    maven = new GoalFixture(folder);
    built = new RebuildFixture(folder.resolve("made"));
    Path bin = Files.createDirectories(folder.resolve("maven/bin"));
    Files.copy(built.maven, bin.resolve("mvn"), StandardCopyOption.COPY_ATTRIBUTES);
    home = System.getProperty(MAVEN_HOME);
    System.setProperty(MAVEN_HOME, folder.resolve("maven").toString());
  }

  @AfterEach
  void restore() {
    if (home == null) {
      System.clearProperty(MAVEN_HOME);
    } else {
      System.setProperty(MAVEN_HOME, home);
    }
  }

  private RebuildMojo goal() throws Exception {
    RebuildMojo mojo =
        maven.prepare(
            new RebuildMojo(
                GoalFixture.unused(SettingsDecrypter.class),
                GoalFixture.unused(RuntimeInformation.class)),
            "image-evidence:rebuild");
    set(mojo, "version", "1");
    mojo.image = "oci-archive:" + built.image.resolve("server.tar");
    mojo.provenance = built.provenanceFile().toFile();
    mojo.folder = folder.resolve("clean").toFile();
    mojo.repository = built.repository.toString();
    return mojo;
  }

  @Test
  void rebuild_identicalImage_saysSo() throws Exception {
    goal().execute();

    assertThat(maven.info).contains("Identical: " + built.digest);
    assertThat(folder.resolve("clean/rebuild.json")).content().contains("\"identical\" : true");
  }

  @Test
  void rebuild_anotherImage_showsWhereItDiffersAndFails() throws Exception {
    Path other = folder.resolve("other");
    new Fixture(other).with("usr/bin/server", "program of 2026\n").make();
    String was = Files.readString(built.provenanceFile());
    String commit = built.commit(other);
    Files.writeString(
        built.provenanceFile(), was.replaceFirst("(\"commit\" : \")[0-9a-f]{40}", "$1" + commit));

    assertThatThrownBy(goal()::execute)
        .hasMessageContaining("which differs in 1 places; expected " + built.digest)
        .hasMessageContaining("(not-identical)");

    assertThat(maven.errors)
        .hasSize(2)
        .first()
        .asString()
        .startsWith("layer 2, server-1.0-r0, /usr/bin/server: content 8 bytes, sha256:");
    assertThat(maven.errors.get(1)).isEqualTo("    line 1: \"program\" / \"program of 2026\"");
    assertThat(folder.resolve("clean/rebuild.json")).content().contains("\"identical\" : false");
  }

  @Test
  void rebuild_provenanceOfAnotherImage_isRefused() throws Exception {
    RebuildMojo mojo = goal();
    mojo.image = "registry.example/server@" + Fixture.source(1);

    assertThatThrownBy(mojo::execute).hasMessageContaining("(subject-mismatch)");
  }

  @Test
  void rebuild_withoutProvenanceOrKeys_isRefused() throws Exception {
    RebuildMojo mojo = goal();
    mojo.provenance = null;

    assertThatThrownBy(mojo::execute).hasMessageContaining("prosodyoci.verifyImage.keys=<file>");
  }

  @Test
  void rebuild_attachWithoutKeyOrRegistry_isRefusedBeforeAnythingIsBuilt() throws Exception {
    RebuildMojo mojo = goal();
    mojo.attach = true;

    assertThatThrownBy(mojo::execute).hasMessageContaining("prosodyoci.rebuild.attach");
    assertThat(folder.resolve("clean")).doesNotExist();
  }
}
