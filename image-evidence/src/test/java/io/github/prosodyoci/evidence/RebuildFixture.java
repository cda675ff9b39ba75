package io.github.prosodyoci.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.evidence.provenance.BuildFacts;
import io.github.prosodyoci.evidence.provenance.Provenance;
import io.github.prosodyoci.evidence.provenance.SourceTree;
import io.github.prosodyoci.evidence.sign.Statement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A repository whose module {@code server/image} says which image its build yields, an image that
 * was built of it, and a program in the place of Maven that does what the module says.
 */
public final class RebuildFixture {

  public final Path folder;
  public final Path repository;
  public final Path image;
  public final Path maven;
  public final Digest digest;
  private final Path module;

  public RebuildFixture(Path folder) throws Exception {
    this.folder = folder;
    repository = Files.createDirectories(folder.resolve("repository"));
    module = Files.createDirectories(repository.resolve("server/image"));
    image = folder.resolve("image");
    Fixture fixture = new Fixture(image);
    digest = fixture.make().digest();
    Files.writeString(repository.resolve("server/pom.xml"), "<project/>");
    git("init", "-q");
    commit(image);
    new BuildProvenance(line -> {}).write(fixture.request(), facts(SourceTree.of(module)));
    maven = folder.resolve("mvn");
    Files.writeString(
        maven,
        """
        #!/bin/sh
        printf '%s\\n' "$PWD" "$JAVA_HOME" "$@" > ../../ran
        test -s image/yields || { echo no goals; exit 3; }
        if [ "$(cat image/yields)" = sleep ]; then sleep 60 & echo $! > ../../sleeper; wait; fi
        cp -r "$(cat image/yields)" image/target
        """);
    assertThat(maven.toFile().setExecutable(true)).isTrue();
  }

  private static BuildFacts facts(SourceTree tree) {
    return new BuildFacts(
        "https://ci.example/",
        Optional.of("https://git.example/server"),
        tree,
        List.of("alpine"),
        Map.of("prosodyoci.packages.base", "musl,busybox"),
        List.of(),
        "17",
        "3.9.9",
        "Linux");
  }

  /** Commits that the module's build yields the content of a folder, or fails. */
  public String commit(Path yields) throws Exception {
    Files.writeString(module.resolve("yields"), yields == null ? "" : yields.toString());
    git("add", ".");
    git("-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "-qm", "One");
    return SourceTree.of(repository).commit().orElseThrow();
  }

  public Path provenanceFile() {
    return image.resolve("evidence").resolve(BuildProvenance.PROVENANCE);
  }

  private record Document(List<Statement.Subject> subject, Provenance.Predicate predicate) {}

  /** Returns the provenance with some parameters replaced. */
  public Provenance.Predicate provenance(Provenance.External what) throws IOException {
    Provenance.Predicate stated = stated();
    Provenance.BuildDefinition build = stated.buildDefinition();
    return new Provenance.Predicate(
        new Provenance.BuildDefinition(
            build.buildType(), what, build.internalParameters(), build.resolvedDependencies()),
        stated.runDetails());
  }

  public Provenance.Predicate stated() throws IOException {
    return Json.read(provenanceFile(), Document.class).predicate();
  }

  private void git(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("git", "-C", repository.toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }
}
