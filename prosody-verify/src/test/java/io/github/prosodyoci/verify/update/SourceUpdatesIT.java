package io.github.prosodyoci.verify.update;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.fetch.ContentStore;
import io.github.prosodyoci.fetch.DebianArchive;
import io.github.prosodyoci.fetch.DebianMirrors;
import io.github.prosodyoci.fetch.Documents;
import io.github.prosodyoci.fetch.FetchException;
import io.github.prosodyoci.fetch.FetchSettings;
import io.github.prosodyoci.fetch.MavenArtifacts;
import io.github.prosodyoci.fetch.Progress;
import io.github.prosodyoci.fetch.SourceFetcher;
import io.github.prosodyoci.fetch.UnpinnedDownloads;
import io.github.prosodyoci.fetch.yaml.YamlMap;
import io.github.prosodyoci.verify.debian.Release;
import io.github.prosodyoci.verify.openpgp.ClearSigned;
import io.github.prosodyoci.verify.openpgp.TrustFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipes of the image against the real archive, by the mirrors of this machine's apt. */
class SourceUpdatesIT {

  private static final Path IMAGE = Path.of("../prosody-image/src/main");

  @TempDir private Path cache;
  private final FetchSettings settings =
      FetchSettings.STANDARD
          .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(20))
          .withRetries(1, Duration.ofMillis(100));
  private Clock clock = Clock.systemUTC();
  private final DebianMirrors mirrors = DebianMirrors.discover("", Path.of("/etc/apt"));

  @BeforeEach
  void askTheMirror() {
    try {
      byte[] inRelease = archive().inRelease("forky", Documents.Acceptance.ANY).bytes();
      // A mirror may lag behind; that an old index is refused has its own tests.
      clock =
          Clock.fixed(
              Release.parse(ClearSigned.split(inRelease).text()).date().plusSeconds(60),
              ZoneOffset.UTC);
    } catch (FetchException e) {
      Assumptions.abort(e.getMessage());
    }
  }

  private DebianArchive archive() {
    return new DebianArchive(mirrors, new Documents(cache, settings, Progress.SILENT), fetcher());
  }

  private SourceFetcher fetcher() {
    return new SourceFetcher(
        new ContentStore(cache),
        mirrors,
        MavenArtifacts.localRepository(cache),
        settings,
        Progress.SILENT);
  }

  private SourceUpdates updates() throws IOException {
    return new SourceUpdates(
        fetcher(),
        new UnpinnedDownloads(new ContentStore(cache), mirrors, settings),
        archive(),
        TrustFolder.read(IMAGE.resolve("trust")),
        cache,
        clock);
  }

  @Test
  void outdated_recipesOfTheImage_areComparedWithSignedIndexes() throws IOException {
    Outdated outdated = updates().outdated(List.of(IMAGE.resolve("recipes")), List.of("forky"));

    assertThat(outdated.suites())
        .singleElement()
        .satisfies(suite -> assertThat(suite.userId()).contains("Debian Archive Automatic"));
    assertThat(outdated.recipes()).extracting(Outdated.Recipe::recipe).contains("prosody", "musl");
    // Debian's next release goes on: some recipe, pinned to what is stable, is behind it.
    assertThat(outdated.hasOffers()).isTrue();
  }

  @Test
  void prepare_prosodyOfYesterday_becomesWhatDebianHasToday() throws IOException {
    String text = Files.readString(IMAGE.resolve("recipes/prosody.yaml"));
    YamlMap root = YamlMap.parse(Path.of("prosody.yaml"), text);
    String version = root.map("package").text("version");
    String older =
        VersionText.replace(text, version, "0.12.0").replaceAll("sha256: .{8}", "sha256: 00000000");
    Path recipe = Files.writeString(cache.resolve("prosody.yaml"), older);
    clock = Clock.systemUTC();

    Update update = updates().prepare(List.of(recipe), "prosody", Optional.empty());

    assertThat(update.verification().sources())
        .hasSize(2)
        .allSatisfy(source -> assertThat(source.status()).isEqualTo("trusted"));
    assertThat(update.changes()).hasSizeGreaterThan(8);
    if (update.to().equals(version)) {
      // Comments still tell of the older one, in this test.
      assertThat(withoutComments(update.text())).isEqualTo(withoutComments(text));
    }
  }

  private static String withoutComments(String text) {
    return text.replaceAll("(?m)#.*$", "");
  }
}
