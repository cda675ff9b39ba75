package io.github.prosodyoci.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.evidence.provenance.BuildFacts;
import io.github.prosodyoci.evidence.provenance.BuildJar;
import io.github.prosodyoci.evidence.provenance.SourceTree;
import io.github.prosodyoci.image.ImageReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BuildProvenanceTest {

  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  private static final BuildFacts FACTS =
      new BuildFacts(
          "https://ci.example/runner",
          Optional.of("https://git.example/server"),
          new SourceTree(Optional.of(COMMIT), "clean", "server/image"),
          List.of("alpine"),
          Map.of("prosodyoci.packages.base", "musl"),
          List.of(),
          "Example 17.0.1",
          "3.9.9",
          "Linux amd64");

  @TempDir private Path folder;

  private JsonNode json(String name) throws IOException {
    return new ObjectMapper()
        .readTree(Files.readAllBytes(folder.resolve("evidence").resolve(name)));
  }

  private DocumentsResult write(Fixture fixture, BuildFacts facts) {
    return new BuildProvenance(line -> {}).write(fixture.request(), facts);
  }

  @Test
  void write_provenance_namesBuilderCommitAndEveryDownloadByDigest() throws Exception {
    Fixture fixture = new Fixture(folder);
    ImageReport image = fixture.make();

    write(fixture, FACTS);

    JsonNode statement = json(BuildProvenance.PROVENANCE);
    assertThat(statement.path("_type").asText()).isEqualTo("https://in-toto.io/Statement/v1");
    assertThat(statement.path("predicateType").asText())
        .isEqualTo("https://slsa.dev/provenance/v1");
    assertThat(statement.at("/subject/0/digest/sha256").asText()).isEqualTo(image.digest().hex());
    JsonNode build = statement.at("/predicate/buildDefinition");
    assertThat(build.path("buildType").asText()).endsWith("docs/evidence.md#build-type-v1");
    assertThat(build.at("/externalParameters/commit").asText()).isEqualTo(COMMIT);
    assertThat(build.at("/externalParameters/workingTree").asText()).isEqualTo("clean");
    assertThat(build.at("/externalParameters/folder").asText()).isEqualTo("server/image");
    assertThat(build.at("/externalParameters/profiles/0").asText()).isEqualTo("alpine");
    assertThat(build.at("/externalParameters/properties").toString())
        .isEqualTo("{\"prosodyoci.packages.base\":\"musl\"}");
    assertThat(build.at("/internalParameters/java").asText()).isEqualTo("Example 17.0.1");
    JsonNode dependencies = build.path("resolvedDependencies");
    assertThat(dependencies)
        .extracting(each -> each.path("name").asText())
        .containsExactly(
            "the project", "tls-3.5.7.tar.gz", "tls-3.5.7.tar.gz.asc", "clang-19.deb", "two.patch");
    assertThat(dependencies.at("/0/uri").asText())
        .isEqualTo("git+https://git.example/server@" + COMMIT);
    assertThat(dependencies.at("/1/uri").asText())
        .isEqualTo("https://tls.example/tls-3.5.7.tar.gz");
    assertThat(dependencies.at("/3/uri").asText())
        .startsWith("pkg:deb/debian/clang-19@1:19.1.7-3~deb12u1?arch=amd64&");
    assertThat(dependencies.at("/1/digest/sha256").asText()).isEqualTo(Fixture.source(1).hex());
    assertThat(statement.at("/predicate/runDetails/builder/id").asText())
        .isEqualTo("https://ci.example/runner");
    assertThat(statement.toString()).doesNotContain("mirror.example");
  }

  @Test
  void write_pluginsOfTheBuild_areNamedByDigest() throws Exception {
    Fixture fixture = new Fixture(folder);
    fixture.make();
    Path repository = folder.resolve("m2");
    Path jar = repository.resolve("org/example/some-plugin/1.0/some-plugin-1.0.jar");
    Files.createDirectories(jar.getParent());
    Files.writeString(jar, "jar");
    BuildFacts facts =
        new BuildFacts(
            FACTS.builder(),
            FACTS.repository(),
            FACTS.tree(),
            List.of(),
            Map.of(),
            List.of(BuildJar.of(repository, jar).orElseThrow()),
            FACTS.java(),
            FACTS.maven(),
            FACTS.os());

    write(fixture, facts);

    JsonNode last =
        json(BuildProvenance.PROVENANCE)
            .at("/predicate/buildDefinition/resolvedDependencies")
            .findParents("uri")
            .stream()
            .filter(each -> each.path("uri").asText().startsWith("pkg:maven/"))
            .findFirst()
            .orElseThrow();
    assertThat(last.path("uri").asText()).isEqualTo("pkg:maven/org.example/some-plugin@1.0");
    assertThat(last.at("/digest/sha256").asText()).isEqualTo(Digest.of(jar).hex());
    assertThat(write(fixture, facts).upToDate()).isTrue();
    Files.writeString(jar, "another jar");
    assertThat(write(fixture, facts).upToDate()).isFalse();
  }

  @Test
  void jar_byItsPlaceInTheRepository_hasAPackageUrl() {
    Path repository = Path.of("/m2");

    assertThat(BuildJar.of(repository, repository.resolve("a/b/c/2/c-2-tests.jar")))
        .hasValueSatisfying(
            each -> assertThat(each.uri()).isEqualTo("pkg:maven/a.b/c@2?classifier=tests"));
    assertThat(BuildJar.of(repository, repository.resolve("a/b/c/2/d.jar"))).isEmpty();
    assertThat(BuildJar.of(repository, repository.resolve("c-2.jar"))).isEmpty();
    assertThat(BuildJar.of(repository, Path.of("/elsewhere/a/c/2/c-2.jar"))).isEmpty();
  }

  @Test
  void write_sources_namesSignersAndCounts() throws Exception {
    Fixture fixture = new Fixture(folder);
    fixture.make();

    write(fixture, FACTS);

    JsonNode predicate = json(BuildProvenance.SOURCES).path("predicate");
    assertThat(predicate.path("trusted").asInt()).isEqualTo(2);
    assertThat(predicate.path("pinnedOnly").asInt()).isEqualTo(1);
    assertThat(predicate.at("/sources/0/evidence/0/userId").asText())
        .isEqualTo("Jo <jo@tls.example>");
    assertThat(predicate.toString()).doesNotContain("mirror.example");
  }

  @Test
  void write_again_writesOnlyForOtherFacts() throws Exception {
    Fixture fixture = new Fixture(folder);
    fixture.make();
    assertThat(write(fixture, FACTS).upToDate()).isFalse();

    assertThat(write(fixture, FACTS).upToDate()).isTrue();
    BuildFacts other =
        new BuildFacts(
            FACTS.builder(),
            FACTS.repository(),
            new SourceTree(Optional.of(COMMIT), "modified"),
            FACTS.profiles(),
            FACTS.properties(),
            FACTS.jars(),
            FACTS.java(),
            FACTS.maven(),
            FACTS.os());
    assertThat(write(fixture, other).upToDate()).isFalse();
  }

  @Test
  void tree_ofRepository_tellsCleanFromModified() throws Exception {
    git("init", "-q");
    Files.writeString(folder.resolve("file"), "one");
    git("add", "file");
    git("-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "-qm", "One");

    SourceTree clean = SourceTree.of(folder);
    Files.writeString(folder.resolve("added"), "two");
    SourceTree modified = SourceTree.of(folder);

    assertThat(clean.commit()).hasValueSatisfying(name -> assertThat(name).hasSize(40));
    assertThat(clean.state()).isEqualTo("clean");
    assertThat(modified).isEqualTo(new SourceTree(clean.commit(), "modified"));
  }

  @Test
  void tree_ofFolderInARepository_namesTheFolder() throws Exception {
    git("init", "-q");
    Path module = Files.createDirectories(folder.resolve("a/b"));
    Files.writeString(module.resolve("file"), "one");
    git("add", "a");
    git("-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "-qm", "One");

    assertThat(SourceTree.of(module).folder()).isEqualTo("a/b");
    assertThat(SourceTree.of(folder).folder()).isEmpty();
  }

  @Test
  void tree_ofFolderThatIsNoRepository_isUnknown() throws Exception {
    assertThat(SourceTree.of(folder)).isEqualTo(SourceTree.UNKNOWN);
  }

  private void git(String... arguments) throws Exception {
    List<String> command = new java.util.ArrayList<>(List.of("git", "-C", folder.toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }
}
