package io.github.prosodyoci.update;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.recipe.yaml.YamlMap;
import io.github.prosodyoci.verify.TrustFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipes of the image against the real archive, by the mirrors of this machine's apt. */
class SourceUpdatesIT {

  private static final Path IMAGE = Path.of("../prosody-image/src/main");
  private static final Path TRUST = IMAGE.resolve("trust");

  @TempDir private Path cache;

  @BeforeEach
  void needTheMirror() {
    new Mirror(cache).assumeReachable();
  }

  @Test
  void outdated_recipesOfTheImage_areComparedWithSignedIndexes() throws IOException {
    Mirror mirror = new Mirror(cache);
    // A mirror may lag behind; that an old index is stale has its own tests.
    OutdatedResult outdated =
        mirror
            .search(mirror.dateOf("forky"))
            .search(
                new OutdatedRequest(
                    List.of(IMAGE.resolve("recipes")),
                    TrustFolder.read(TRUST),
                    List.of("forky"),
                    Duration.ofDays(10)));

    assertThat(outdated.suites())
        .singleElement()
        .satisfies(
            suite -> {
              assertThat(suite.state()).isEqualTo(OutdatedResult.State.ASKED);
              assertThat(suite.userId()).contains("Debian Archive Automatic");
            });
    assertThat(outdated.recipes())
        .extracting(OutdatedResult.Recipe::recipe)
        .contains("prosody", "musl");
    // Debian's next release goes on: some recipe, pinned to what is stable, is behind it.
    assertThat(outdated.hasOffers()).isTrue();
  }

  @Test
  void prepare_prosodyOfYesterday_becomesWhatDebianHasToday() throws IOException {
    String text = Files.readString(IMAGE.resolve("recipes/prosody.yaml"));
    YamlMap root = YamlMap.parse(Path.of("prosody.yaml"), text);
    String version = root.map("package").text("version");
    // Patches have their own tests; those of this version belong to no older one.
    String older =
        VersionText.replace(text, version, "0.12.0")
            .replaceAll("sha256: .{8}", "sha256: 00000000")
            .replaceAll("(?m)^patches:\\n(?:  .*\\n)+", "");
    Path recipe = Files.writeString(cache.resolve("prosody.yaml"), older);

    UpdateResult update =
        new Mirror(cache)
            .updater(Instant.now())
            .update(
                new UpdateRequest(
                    List.of(recipe),
                    TrustFolder.read(TRUST),
                    "prosody",
                    Optional.empty(),
                    Set.of()));

    assertThat(update.verification().sources())
        .hasSize(2)
        .allSatisfy(source -> assertThat(source.status()).isEqualTo("trusted"));
    assertThat(update.changes()).hasSizeGreaterThan(8);
  }

  @Test
  void update_buildRootBeforeASecurityUpdate_hasItForBothHosts() throws IOException {
    String text = Files.readString(IMAGE.resolve("recipes/build-root.yaml"));
    String older = text.replaceAll("(xz-utils/liblzma5_)[^_]+_", "$15.4.0-1_");
    Path file = Files.writeString(cache.resolve("build-root.yaml"), older);

    UpdateResult update =
        new Mirror(cache)
            .updater(Instant.now())
            .update(
                new UpdateRequest(
                    List.of(file),
                    TrustFolder.read(TRUST),
                    "build-root",
                    Optional.empty(),
                    Set.of()));

    List<String> versions =
        Pattern.compile("debian:xz-utils/liblzma5_([^_]+)_(amd64|arm64)[.]deb")
            .matcher(update.text())
            .results()
            .map(result -> result.group(1))
            .toList();
    assertThat(versions).hasSize(2).doesNotContain("5.4.0-1");
    assertThat(versions).containsOnly(versions.get(0));
    assertThat(update.verification().sources())
        .hasSizeGreaterThanOrEqualTo(2)
        .allSatisfy(source -> assertThat(source.status()).isEqualTo("trusted"));
  }
}
