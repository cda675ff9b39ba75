package io.github.prosodyoci.update;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.fetch.FetchCode;
import io.github.prosodyoci.fetch.unpinned.UnpinnedDownloads;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.recipe.RecipeDocument;
import io.github.prosodyoci.recipe.Source;
import io.github.prosodyoci.recipe.yaml.YamlMap;
import io.github.prosodyoci.update.OutdatedResult.Offer;
import io.github.prosodyoci.update.OutdatedResult.State;
import io.github.prosodyoci.verify.debian.DebianFile;
import io.github.prosodyoci.verify.debian.DebianFile.Kind;
import io.github.prosodyoci.verify.debian.DebianVersion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** Finds what is newer than the sources of one recipe. */
final class RecipeSearch {

  private final List<SuiteSources> suites;
  private final QueueReader queues;
  private final UnpinnedDownloads pages;

  RecipeSearch(List<SuiteSources> suites, QueueReader queues, UnpinnedDownloads pages) {
    this.suites = suites;
    this.queues = queues;
    this.pages = pages;
  }

  /** What has been found about one recipe so far. */
  private static final class Findings {
    private final List<Offer> offers = new ArrayList<>();
    private final Set<String> asked = new LinkedHashSet<>();
    private final Set<String> unanswered = new LinkedHashSet<>();
    private final Set<String> notes = new LinkedHashSet<>();
  }

  /** Returns what is newer, and which suites and pages did not answer. */
  OutdatedResult.Recipe search(RecipeDocument document) throws IOException {
    YamlMap root = document.root();
    String version =
        root.optionalMap("package")
            .or(() -> root.optionalMap("build-root"))
            .flatMap(map -> map.optionalText("version"))
            .orElse("(no version)");
    Findings found = new Findings();
    for (DeclaredSource declared : document.sources()) {
      Source source = declared.source();
      for (Origin origin : source.origins()) {
        if (origin instanceof Origin.Debian debian) {
          debian(document, source, debian, found);
        } else if (origin instanceof Origin.Https web && !isSnapshot(web)) {
          upstream(source, web, version, found);
        } else if (origin instanceof Origin.Maven) {
          found.notes.add("newer artifacts than " + origin + " were not looked for");
        }
      }
    }
    return new OutdatedResult.Recipe(
        document.name(),
        version,
        found.offers,
        List.copyOf(found.asked),
        List.copyOf(found.unanswered),
        List.copyOf(found.notes));
  }

  /** Returns whether an address belongs to an archive of the past, which never gets new files. */
  static boolean isSnapshot(Origin.Https web) {
    return web.address().getHost().equals("snapshot.debian.org");
  }

  private void debian(RecipeDocument document, Source source, Origin.Debian origin, Findings found)
      throws IOException {
    for (SuiteSources suite : suites) {
      State state = suite.suite().state();
      if (state == State.ASKED) {
        found.asked.add(suite.shown());
      } else {
        found.unanswered.add(suite.shown() + " (" + state + ")");
      }
    }
    Optional<DebianFile> parsed = DebianFile.parse(origin.file());
    if (parsed.isEmpty() || parsed.get().kind() == Kind.DSC) {
      return;
    }
    DebianFile file = parsed.get();
    newer(source, origin, file, found);
    boolean takesQueue =
        document.sources().stream()
            .flatMap(other -> other.source().origins().stream())
            .anyMatch(other -> isQueueOf(origin.sourcePackage(), other));
    if (file.kind() == Kind.ORIG && !takesQueue && !origin.file().endsWith(".asc")) {
      patchesOfTheSameVersion(document.root(), source, origin, file, found);
    }
  }

  private static boolean isQueueOf(String sourcePackage, Origin origin) {
    return origin instanceof Origin.Debian debian
        && debian.sourcePackage().equals(sourcePackage)
        && DebianFile.parse(debian.file()).filter(f -> f.kind() == Kind.DEBIAN).isPresent();
  }

  /** Returns the versions that suites have, the oldest first, each with its suites. */
  private NavigableMap<DebianVersion, List<SuiteSources>> bySuite(
      Function<SuiteSources, Optional<DebianVersion>> version) {
    NavigableMap<DebianVersion, List<SuiteSources>> versions = new TreeMap<>();
    for (SuiteSources suite : suites) {
      version
          .apply(suite)
          .ifPresent(v -> versions.computeIfAbsent(v, any -> new ArrayList<>()).add(suite));
    }
    return versions;
  }

  private void newer(Source source, Origin.Debian origin, DebianFile file, Findings found)
      throws IOException {
    Map<DebianVersion, List<SuiteSources>> newer =
        bySuite(suite -> suite.newest(origin.sourcePackage()).filter(file::isOlderThan));
    for (Map.Entry<DebianVersion, List<SuiteSources>> entry : newer.entrySet()) {
      DebianVersion offered = entry.getKey();
      PatchQueue gained = PatchQueue.EMPTY;
      if (file.kind() == Kind.DEBIAN) {
        Optional<PatchQueue> queue =
            queues.read(
                origin.sourcePackage(), file.of(offered), entry.getValue().get(0), found.notes);
        if (queue.isPresent()) {
          gained = queues.gained(queue.get(), source, found.notes);
        }
      }
      found.offers.add(
          new Offer(
              file.version().upstream().equals(offered.upstream()) ? "patches" : "version",
              source.file(),
              file.version().toString(),
              file.kind() == Kind.ORIG ? offered.upstream() : offered.toString(),
              shown(entry.getValue()),
              "debian-archive",
              gained.patches(),
              List.copyOf(gained.securityFixesSince(file.version()))));
    }
  }

  private static List<String> shown(List<SuiteSources> suites) {
    return suites.stream().map(SuiteSources::shown).toList();
  }

  /** Finds Debian's security patches to the very release that a recipe takes without them. */
  private void patchesOfTheSameVersion(
      YamlMap root, Source source, Origin.Debian origin, DebianFile file, Findings found)
      throws IOException {
    String upstream = file.version().upstream();
    NavigableMap<DebianVersion, List<SuiteSources>> packagings =
        bySuite(
            suite ->
                suite
                    .newestOf(origin.sourcePackage(), upstream)
                    .filter(version -> !version.revision().isEmpty()));
    if (packagings.isEmpty()) {
      return;
    }
    DebianVersion newest = packagings.lastKey();
    List<SuiteSources> having = packagings.lastEntry().getValue();
    String name = origin.sourcePackage() + "_" + newest.withoutEpoch() + QueueReader.END;
    Optional<PatchQueue> queue =
        queues.read(origin.sourcePackage(), name, having.get(0), found.notes);
    Set<String> fixes = new LinkedHashSet<>();
    queue.ifPresent(patches -> fixes.addAll(patches.securityFixesBeyond(upstream)));
    fixes.removeAll(KnownFixes.of(root));
    boolean security = having.stream().anyMatch(suite -> suite.name().endsWith("-security"));
    if (!fixes.isEmpty() || (security && queue.isEmpty())) {
      found.offers.add(
          new Offer(
              "patches",
              source.file(),
              upstream + " without Debian's patches",
              newest.toString(),
              shown(having),
              "debian-archive",
              queue.map(PatchQueue::patches).orElse(List.of()),
              List.copyOf(fixes)));
    }
  }

  private void upstream(Source source, Origin.Https web, String version, Findings found) {
    Optional<ListingPage> page = ListingPage.of(web.address(), version);
    if (page.isEmpty()) {
      found.notes.add("no page is known that lists the releases beside " + web);
      return;
    }
    String folder = page.get().folder().toString();
    List<String> versions;
    try {
      versions = page.get().versions(pages.page(page.get().folder(), ListingPage.MAXIMUM_BYTES));
    } catch (FailureException e) {
      if (!FetchCode.isCodeOf(e)) {
        throw e;
      }
      found.unanswered.add(folder + " (not asked: " + e.getMessage() + ")");
      return;
    }
    if (versions.isEmpty()) {
      found.notes.add(folder + " lists no release of this name");
      return;
    }
    found.asked.add(folder);
    String newest = versions.get(versions.size() - 1);
    if (DebianVersion.compare(version, newest) < 0) {
      List<String> none = List.of();
      found.offers.add(
          new Offer(
              "version", source.file(), version, newest, List.of(folder), "none", none, none));
    }
  }
}
