package io.github.prosodyoci.update;

import io.github.prosodyoci.fetch.FetchSettings;
import io.github.prosodyoci.fetch.Fetcher;
import io.github.prosodyoci.fetch.Progress;
import io.github.prosodyoci.fetch.unpinned.DebianArchive;
import io.github.prosodyoci.fetch.unpinned.UnpinnedDownloads;
import io.github.prosodyoci.verify.TrustFolder;
import io.github.prosodyoci.verify.debian.DebianFixture;
import io.github.prosodyoci.verify.openpgp.TestCertificate;
import io.github.prosodyoci.verify.openpgp.TestKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A folder with recipes, trusted keys and a cache, and the archive that they are updated from. */
final class UpdateFixture implements AfterEachCallback {

  static final Instant BORN = Instant.parse("2020-01-01T00:00:00Z");
  static final TestKey ARCHIVE = TestKey.ed25519(61, BORN);
  static final TestKey UPSTREAM = TestKey.ed25519(62, BORN);
  static final TestKey STRANGER = TestKey.ed25519(63, BORN);

  final Path folder;
  final DebianFixture debian;

  /** Starts an archive; trusts an upstream, and the archive for these suites. */
  UpdateFixture(String... suites) {
    try {
      folder = Files.createTempDirectory("update");
      debian = new DebianFixture();
      Path trust = Files.createDirectories(folder.resolve("trust"));
      Files.write(trust.resolve("archive.asc"), TestCertificate.of(ARCHIVE, BORN).armored());
      Files.write(trust.resolve("upstream.asc"), TestCertificate.of(UPSTREAM, BORN).armored());
      Files.writeString(
          trust.resolve("trust.yaml"),
          Stream.of(suites)
              .map(suite -> "  " + suite + ": [" + ARCHIVE.fingerprint() + "]\n")
              .collect(Collectors.joining("", "suites:\n", "")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    debian.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Writes {@code recipes/pkg.yaml}. */
  Path recipe(String text) throws IOException {
    return Files.writeString(
        Files.createDirectories(folder.resolve("recipes")).resolve("pkg.yaml"), text);
  }

  /** Returns what is newer than the recipes at a time; without suites, in all of them. */
  OutdatedResult outdated(Instant now, Duration maximumAge, String... suites) throws IOException {
    return new OutdatedSearch(access(now))
        .search(
            new OutdatedRequest(
                List.of(folder.resolve("recipes")), trust(), List.of(suites), maximumAge));
  }

  /** Updates a recipe at a time. */
  UpdateResult update(Instant now, String recipe, Optional<String> to, UpdateWaiver... waivers)
      throws IOException {
    return new RecipeUpdater(access(now))
        .update(
            new UpdateRequest(
                List.of(folder.resolve("recipes")), trust(), recipe, to, Set.of(waivers)));
  }

  private UpdateAccess access(Instant now) {
    return new UpdateAccess(
        fetcher(), unpinned(), archive(), cache(), Clock.fixed(now, ZoneOffset.UTC));
  }

  private Path cache() {
    return folder.resolve("cache");
  }

  private TrustFolder trust() throws IOException {
    return TrustFolder.read(folder.resolve("trust"));
  }

  private FetchSettings settings() {
    return FetchSettings.STANDARD.withAttempts(1).withMirrors(debian.mirrors());
  }

  private UnpinnedDownloads unpinned() {
    return new UnpinnedDownloads(cache(), settings(), Progress.SILENT);
  }

  private Fetcher fetcher() {
    return new Fetcher(cache(), settings(), Progress.SILENT);
  }

  private DebianArchive archive() {
    return new DebianArchive(cache(), settings(), Progress.SILENT);
  }
}
