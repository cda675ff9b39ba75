package io.github.prosodyoci.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.evidence.provenance.Provenance;
import io.github.prosodyoci.evidence.provenance.Provenance.External;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
final class RebuilderTest {

  @TempDir private Path folder;
  private final List<String> log = new ArrayList<>();
  private RebuildFixture built;
  private Path place;

  @BeforeEach
  void build() throws Exception {
    built = new RebuildFixture(folder);
    place = folder.resolve("clean");
  }

  private RebuildResult rebuild(Provenance.Predicate provenance, String repository, Path downloads)
      throws Exception {
    return new Rebuilder(log::add)
        .rebuild(
            new RebuildRequest(
                built.digest,
                provenance,
                place,
                Optional.ofNullable(repository),
                Optional.ofNullable(downloads),
                built.maven,
                Path.of("/a/jdk"),
                List.of("-o")));
  }

  private RebuildResult rebuild() throws Exception {
    return rebuild(built.stated(), built.repository.toString(), null);
  }

  private Failure refused(Provenance.Predicate provenance, String repository) {
    return catchThrowableOfType(FailureException.class, () -> rebuild(provenance, repository, null))
        .failure();
  }

  private External with(String commit, String tree, String module, List<String> profiles)
      throws Exception {
    External was = built.stated().buildDefinition().externalParameters();
    return new External(
        was.repository(),
        commit,
        tree,
        was.platform(),
        was.outputTimestamp(),
        module,
        profiles,
        was.properties());
  }

  @Test
  void rebuild_theSameCommit_buildsTheModuleWithWhatTheProvenanceSays() throws Exception {
    RebuildResult result = rebuild();

    assertThat(result.isIdentical()).isTrue();
    assertThat(result.archive()).hasFileName("server.tar").isRegularFile();
    assertThat(Files.readAllLines(place.resolve("ran")))
        .containsExactly(
            place.resolve("project/server").toString(),
            "/a/jdk",
            "-B",
            "-ntp",
            "-pl",
            "image",
            "-am",
            "-Palpine",
            "-Dprosodyoci.packages.base=musl,busybox",
            "-Dprosodyoci.platforms=linux/amd64",
            "-Dproject.build.outputTimestamp=2026-11-01T00:00:00Z",
            "-Dprosodyoci.cache=" + place.resolve("cache"),
            "-o",
            "package");
  }

  @Test
  void rebuild_laterCommits_doNotCount() throws Exception {
    built.commit(null);

    assertThat(rebuild().isIdentical()).isTrue();
  }

  @Test
  void rebuild_commitThatYieldsSomethingElse_isAnotherImage() throws Exception {
    Path other = folder.resolve("other");
    var digest = new Fixture(other).with("usr/bin/server", "changed\n").make().digest();
    String commit = built.commit(other);

    RebuildResult result =
        rebuild(
            built.provenance(with(commit, "clean", "server/image", null)),
            built.repository.toString(),
            null);

    assertThat(result.isIdentical()).isFalse();
    assertThat(result.found()).isEqualTo(digest);
    assertThat(result.expected()).isEqualTo(built.digest);
  }

  @Test
  void rebuild_sharedDownloads_areCopiedIfTheirDigestIsRight() throws Exception {
    Path cache = folder.resolve("downloads");
    for (int i = 1; i <= 2; i++) {
      Path file = stored(cache, i);
      Files.createDirectories(file.getParent());
      Files.write(file, i == 1 ? Fixture.sourceContent(i) : new byte[] {1});
    }
    Files.createDirectories(cache.resolve("documents"));
    Files.writeString(cache.resolve("documents/InRelease"), "signed");
    Files.createDirectories(cache.resolve("packages"));
    Files.writeString(cache.resolve("packages/built.apk"), "built");

    rebuild(built.stated(), built.repository.toString(), cache);

    Path own = place.resolve("cache");
    assertThat(stored(own, 1)).hasBinaryContent(Fixture.sourceContent(1));
    assertThat(stored(own, 2)).doesNotExist();
    assertThat(own.resolve("documents/InRelease")).hasContent("signed");
    assertThat(own.resolve("packages")).doesNotExist();
    assertThat(log).contains("Copied 1 downloads, each with its digest");
  }

  private static Path stored(Path cache, int number) {
    String hex = Fixture.source(number).hex();
    return cache.resolve("store/sha256").resolve(hex.substring(0, 2)).resolve(hex);
  }

  @Test
  void rebuild_buildThatFails_showsTheEndOfItsLog() throws Exception {
    String commit = built.commit(null);

    Failure failure =
        refused(
            built.provenance(with(commit, "clean", "server/image", null)),
            built.repository.toString());

    assertThat(failure.code()).isEqualTo(EvidenceCode.REBUILD_FAILED);
    assertThat(failure.found()).contains("status 3").contains("no goals");
  }

  @Test
  @Timeout(60)
  void rebuild_interrupted_endsWhatItHasStarted() throws Exception {
    String commit = built.commit(Path.of("sleep"));
    Provenance.Predicate provenance = built.provenance(with(commit, "clean", "server/image", null));
    Path sleeper = place.resolve("sleeper");
    Thread builder = Thread.currentThread();
    CompletableFuture<Void> interrupter =
        CompletableFuture.runAsync(
            () -> {
              while (!text(sleeper).endsWith("\n")) {
                LockSupport.parkNanos(20_000_000);
              }
              builder.interrupt();
            });

    Failure failure = refused(provenance, built.repository.toString());

    assertThat(Thread.interrupted()).isTrue();
    interrupter.join();
    assertThat(failure.code()).isEqualTo(CommonCode.INTERRUPTED);
    assertThat(ProcessHandle.of(Long.parseLong(text(sleeper).strip())))
        .satisfiesAnyOf(
            process -> assertThat(process).isEmpty(),
            process ->
                assertThat(process.orElseThrow().onExit()).succeedsWithin(5, TimeUnit.SECONDS));
  }

  private static String text(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void rebuild_unknownCommit_isRefused() throws Exception {
    Failure failure =
        refused(
            built.provenance(with("f".repeat(40), "clean", null, null)),
            built.repository.toString());

    assertThat(failure.code()).isEqualTo(EvidenceCode.CHECKOUT_FAILED);
  }

  @Test
  void rebuild_addressThatNamesAProgram_runsNothing() throws Exception {
    Path proof = folder.resolve("proof");

    Failure failure = refused(built.stated(), "ext::touch " + proof);

    assertThat(failure.code()).isEqualTo(EvidenceCode.CHECKOUT_FAILED);
    assertThat(proof).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"modified", "unknown"})
  void rebuild_treeThatWasNotClean_isRefused(String tree) throws Exception {
    String commit = built.stated().buildDefinition().externalParameters().commit();

    Failure failure = refused(built.provenance(with(commit, tree, null, null)), null);

    assertThat(failure.code()).isEqualTo(EvidenceCode.NOT_REBUILDABLE);
    assertThat(failure.found()).contains(tree);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../elsewhere", "-f", "a/../../b", "/etc"})
  void rebuild_folderThatLeadsElsewhere_isRefused(String module) throws Exception {
    String commit = built.stated().buildDefinition().externalParameters().commit();

    assertThat(refused(built.provenance(with(commit, "clean", module, null)), null).code())
        .isEqualTo(EvidenceCode.NOT_REBUILDABLE);
    assertThat(refused(built.provenance(with(commit, "clean", null, List.of("-x"))), null).code())
        .isEqualTo(EvidenceCode.NOT_REBUILDABLE);
  }

  @Test
  void rebuild_otherBuildType_isRefused() throws Exception {
    Provenance.Predicate stated = built.stated();
    Provenance.Predicate other =
        new Provenance.Predicate(
            new Provenance.BuildDefinition(
                "https://other.example/",
                stated.buildDefinition().externalParameters(),
                stated.buildDefinition().internalParameters(),
                List.of()),
            new Provenance.RunDetails(new Provenance.Builder("b", Map.of())));

    assertThat(refused(other, null).code()).isEqualTo(EvidenceCode.NOT_REBUILDABLE);
  }

  @Test
  void rebuild_folderThatIsNotEmpty_isLeftAlone() throws Exception {
    Files.createDirectories(place);
    Files.writeString(place.resolve("mine"), "mine");

    Failure failure = refused(built.stated(), built.repository.toString());

    assertThat(failure.code()).isEqualTo(CommonCode.CONFIGURATION);
    assertThat(place).isDirectoryContaining("glob:**/mine");
    assertThat(place.resolve("project")).doesNotExist();
  }
}
