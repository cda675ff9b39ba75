package io.github.prosodyoci.update;

import io.github.prosodyoci.core.AtomicFiles;
import io.github.prosodyoci.fetch.DebianArchive;
import io.github.prosodyoci.fetch.FetchException;
import io.github.prosodyoci.fetch.SourceFetcher;
import io.github.prosodyoci.fetch.UnpinnedDownloads;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.Evidence;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.recipe.RecipeDocument;
import io.github.prosodyoci.recipe.yaml.YamlMap;
import io.github.prosodyoci.update.SuiteSources.Freshness;
import io.github.prosodyoci.verify.SourceVerifier;
import io.github.prosodyoci.verify.Threads;
import io.github.prosodyoci.verify.Verification;
import io.github.prosodyoci.verify.VerifyException;
import io.github.prosodyoci.verify.debian.DebianIndexes;
import io.github.prosodyoci.verify.debian.LastSeen;
import io.github.prosodyoci.verify.openpgp.SignatureVerifier;
import io.github.prosodyoci.verify.openpgp.TrustFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Future;

/**
 * Keeps recipes current: says what is newer than what they pin, and rewrites the pins of one after
 * verifying the new evidence.
 */
public final class SourceUpdates {

  /** Of an index that is signed and valid, to take a version that it lists. */
  private static final Duration ANY_AGE = Duration.ofDays(36_500);

  private final SourceFetcher fetcher;
  private final UnpinnedDownloads unpinned;
  private final TrustFolder trust;
  private final SourceVerifier verifier;
  private final DebianIndexes indexes;
  private final Clock clock;

  /**
   * Creates it.
   *
   * @param fetcher brings files by their digest
   * @param unpinned brings pages, and releases whose digest is not known yet
   * @param archive Debian's indexes
   * @param trust the pinned certificates
   * @param cache where the dates of indexes are remembered
   * @param clock the present time
   */
  public SourceUpdates(
      SourceFetcher fetcher,
      UnpinnedDownloads unpinned,
      DebianArchive archive,
      TrustFolder trust,
      Path cache,
      Clock clock) {
    this.fetcher = fetcher;
    this.unpinned = unpinned;
    this.trust = trust;
    this.clock = clock;
    this.verifier = new SourceVerifier(fetcher, archive, trust, cache, "update", clock);
    this.indexes =
        new DebianIndexes(archive, trust, new SignatureVerifier(clock), new LastSeen(cache), clock);
  }

  /**
   * Returns what is newer.
   *
   * @param recipes recipes, or folders of them; those without sources are passed over
   * @param suites the suites of Debian to ask; none means all whose keys are known
   * @param maximumAge how old an index may be of a suite that is made anew all the time, before it
   *     counts as stale
   * @throws FetchException if a recipe cannot be read
   * @throws VerifyException if a suite's signature or digest does not hold
   * @throws IOException if a file cannot be read or written
   */
  public Outdated outdated(List<Path> recipes, List<String> suites, Duration maximumAge)
      throws IOException {
    List<RecipeDocument> documents =
        RecipeDocument.readAll(recipes).stream().filter(d -> !d.sources().isEmpty()).toList();
    Set<String> packages = new TreeSet<>();
    documents.forEach(document -> packages.addAll(packages(document.sources())));
    List<SuiteSources> read = read(suites, packages, maximumAge);
    OutdatedSearch search = new OutdatedSearch(read, new QueueReader(indexes, fetcher), unpinned);
    List<Outdated.Recipe> found = new ArrayList<>();
    for (RecipeDocument document : documents) {
      found.add(search.search(document, version(document.root()).orElse("(no version)")));
    }
    return new Outdated(Outdated.SCHEMA, read.stream().map(SuiteSources::suite).toList(), found);
  }

  private static Optional<String> version(YamlMap root) {
    return root.optionalMap("package")
        .or(() -> root.optionalMap("toolchain"))
        .flatMap(map -> map.optionalText("version"));
  }

  private static Set<String> packages(List<DeclaredSource> sources) {
    Set<String> packages = new TreeSet<>();
    for (DeclaredSource source : sources) {
      for (Origin origin : source.source().origins()) {
        if (origin instanceof Origin.Debian debian) {
          packages.add(debian.sourcePackage());
        }
      }
    }
    return packages;
  }

  private List<SuiteSources> read(List<String> suites, Set<String> packages, Duration maximumAge)
      throws IOException {
    Freshness freshness = new Freshness(clock.instant(), maximumAge);
    if (packages.isEmpty()) {
      return List.of();
    }
    try (Threads threads = new Threads()) {
      List<Future<SuiteSources>> futures = new ArrayList<>();
      for (String suite : suites.isEmpty() ? trust.suites() : suites) {
        futures.add(threads.submit(() -> SuiteSources.read(indexes, suite, packages, freshness)));
      }
      List<SuiteSources> read = new ArrayList<>();
      for (Future<SuiteSources> future : futures) {
        read.add(Threads.result(future));
      }
      return read;
    }
  }

  /**
   * Returns a recipe's new pins, after fetching and verifying what they name; the file is not
   * touched.
   *
   * @param recipes recipes, or folders of them
   * @param name the recipe's name
   * @param toVersion the version wanted, of the software or of Debian's package; if none is given,
   *     the newest in the suites that the recipe's evidence names and in their updates, or, for
   *     what does not come from Debian, the newest that upstream lists
   * @param waivers the checks to go without
   * @throws FetchException if the recipe cannot be rewritten so, or a file cannot be had
   * @throws VerifyException if the new evidence does not suffice, or what is offered may be another
   *     release
   * @throws IOException if a file cannot be read or written
   */
  public Update prepare(
      List<Path> recipes, String name, Optional<String> toVersion, Set<UpdateWaiver> waivers)
      throws IOException {
    Path file = find(recipes, name);
    String text = Files.readString(file, StandardCharsets.UTF_8);
    RecipeDocument document = RecipeDocument.parse(file, text);
    YamlMap root = document.root();
    List<DeclaredSource> sources = document.sources();
    List<SuiteSources> suites = read(suites(sources, toVersion), packages(sources), ANY_AGE);
    UpdateTarget target = UpdateTarget.choose(root, sources, suites, unpinned, toVersion);
    RecipeRewrite rewrite = new RecipeRewrite(text, document, target, indexes, unpinned);
    String edited = rewrite.run();
    RecipeDocument rewritten = RecipeDocument.parse(file, edited);
    List<DeclaredSource> after = rewritten.sources();
    Verification verification = verify(name, target, after);
    ReleaseChecks checks = new ReleaseChecks(target, rewrite.learned(), fetcher, waivers);
    for (int i = 0; i < after.size(); i++) {
      checks.check(sources.get(i), after.get(i), verification.sources().get(i));
    }
    PatchCarry.Carried carried =
        new PatchCarry(
                rewritten.root(),
                new PatchFiles(file, after, fetcher),
                new PatchFiles(file, sources, fetcher),
                target.to())
            .run(edited);
    List<String> notes = new ArrayList<>(carried.notes());
    notes.addAll(new QueueNotes(fetcher).compare(sources, after));
    return new Update(
        name,
        file,
        target.from(),
        target.to(),
        rewrite.changes(),
        verification,
        notes,
        carried.text());
  }

  private Verification verify(String name, UpdateTarget target, List<DeclaredSource> after)
      throws IOException {
    try {
      return verifier.verify(after);
    } catch (FetchException e) {
      if (e.code() == FetchException.Code.DECLARATION) {
        throw e;
      }
      throw new FetchException(
          e.code(),
          "Could not update "
              + name
              + " from "
              + target.from()
              + " to "
              + target.to()
              + ": "
              + e.getMessage()
              + "\nThe recipe is as it was. "
              + target
                  .debian()
                  .map(debian -> "The version is listed in " + debian.suite().shown() + ". ")
                  .orElse("")
              + "Run the same command where one of these origins serves the files.",
          e);
    }
  }

  /**
   * Writes the new text of a recipe, whole or not at all.
   *
   * @throws IOException if it cannot be written
   */
  public void write(Update update) throws IOException {
    AtomicFiles.write(
        update.file(), out -> out.write(update.text().getBytes(StandardCharsets.UTF_8)));
  }

  private static Path find(List<Path> recipes, String name) {
    Set<String> known = new TreeSet<>();
    for (RecipeDocument document : RecipeDocument.readAll(recipes)) {
      String stem = document.file().getFileName().toString().replaceFirst("\\.ya?ml$", "");
      if (!document.sources().isEmpty()) {
        if (document.name().equals(name) || stem.equals(name)) {
          return document.file();
        }
        known.add(document.name());
      }
    }
    throw new FetchException(
        "Could not update "
            + name
            + ": there is no such recipe. Name one of "
            + String.join(", ", known)
            + " with -Dprosodyoci.update.recipe=<name>.");
  }

  /** Returns the suites named as evidence, with what their updates are called. */
  private List<String> suites(List<DeclaredSource> sources, Optional<String> toVersion) {
    Set<String> bases = new TreeSet<>();
    for (DeclaredSource source : sources) {
      for (Evidence evidence : source.evidence()) {
        if (evidence instanceof Evidence.DebianArchive archive) {
          bases.add(archive.suite().replaceFirst("-(updates|security)$", ""));
        }
      }
    }
    if (toVersion.isPresent() || bases.isEmpty()) {
      return List.of();
    }
    return trust.suites().stream()
        .filter(suite -> bases.contains(suite.replaceFirst("-(updates|security)$", "")))
        .toList();
  }
}
