package io.github.prosodyoci.update;

import io.github.prosodyoci.fetch.ContentStore;
import io.github.prosodyoci.fetch.DebianArchive;
import io.github.prosodyoci.fetch.Documents;
import io.github.prosodyoci.fetch.FetchSettings;
import io.github.prosodyoci.fetch.MavenArtifacts;
import io.github.prosodyoci.fetch.Progress;
import io.github.prosodyoci.fetch.SourceFetcher;
import io.github.prosodyoci.fetch.UnpinnedDownloads;
import io.github.prosodyoci.verify.debian.DebianFixture;
import io.github.prosodyoci.verify.openpgp.TestCertificate;
import io.github.prosodyoci.verify.openpgp.TestKey;
import io.github.prosodyoci.verify.openpgp.TrustFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Collectors;

/** A folder with recipes, trusted keys and a cache, and the archive that it is updated from. */
final class UpdateFixture {

  static final Instant BORN = Instant.parse("2020-01-01T00:00:00Z");
  static final TestKey ARCHIVE = TestKey.ed25519(61, BORN);
  static final TestKey UPSTREAM = TestKey.ed25519(62, BORN);
  static final TestKey STRANGER = TestKey.ed25519(63, BORN);

  private UpdateFixture() {}

  /** Trusts an upstream, and the archive for these suites. */
  static void trust(Path folder, String... suites) throws IOException {
    Path trust = Files.createDirectories(folder.resolve("trust"));
    Files.write(trust.resolve("archive.asc"), TestCertificate.of(ARCHIVE, BORN).armored());
    Files.write(trust.resolve("upstream.asc"), TestCertificate.of(UPSTREAM, BORN).armored());
    Files.writeString(
        trust.resolve("trust.yaml"),
        List.of(suites).stream()
            .map(suite -> "  " + suite + ": [" + ARCHIVE.fingerprint() + "]\n")
            .collect(Collectors.joining("", "suites:\n", "")));
  }

  /** Writes {@code recipes/pkg.yaml}. */
  static Path recipe(Path folder, String text) throws IOException {
    return Files.writeString(
        Files.createDirectories(folder.resolve("recipes")).resolve("pkg.yaml"), text);
  }

  /** Returns what looks for newer sources at a time. */
  static SourceUpdates updates(Path folder, DebianFixture debian, Instant now) throws IOException {
    FetchSettings settings = FetchSettings.STANDARD.withRetries(1, Duration.ofMillis(1));
    Path cache = folder.resolve("cache");
    ContentStore store = new ContentStore(cache);
    SourceFetcher fetcher =
        new SourceFetcher(
            store,
            debian.mirrors(),
            MavenArtifacts.localRepository(folder),
            settings,
            Progress.SILENT);
    return new SourceUpdates(
        fetcher,
        new UnpinnedDownloads(store, debian.mirrors(), settings),
        new DebianArchive(
            debian.mirrors(), new Documents(cache, settings, Progress.SILENT), fetcher),
        TrustFolder.read(folder.resolve("trust")),
        cache,
        Clock.fixed(now, ZoneOffset.UTC));
  }
}
