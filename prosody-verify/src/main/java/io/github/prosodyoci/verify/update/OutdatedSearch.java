package io.github.prosodyoci.verify.update;

import io.github.prosodyoci.archive.Digest;
import io.github.prosodyoci.fetch.DeclaredSource;
import io.github.prosodyoci.fetch.FetchException;
import io.github.prosodyoci.fetch.FetchedSource;
import io.github.prosodyoci.fetch.Origin;
import io.github.prosodyoci.fetch.Source;
import io.github.prosodyoci.fetch.SourceFetcher;
import io.github.prosodyoci.fetch.UnpinnedDownloads;
import io.github.prosodyoci.verify.debian.DebianFile;
import io.github.prosodyoci.verify.debian.DebianFile.Kind;
import io.github.prosodyoci.verify.debian.DebianIndexes;
import io.github.prosodyoci.verify.debian.DebianIndexes.Index;
import io.github.prosodyoci.verify.debian.DebianVersion;
import io.github.prosodyoci.verify.debian.PatchQueue;
import io.github.prosodyoci.verify.update.Outdated.Offer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Looks for what is newer than the sources of one recipe. */
final class OutdatedSearch {

  private final List<SuiteSources> suites;
  private final DebianIndexes indexes;
  private final SourceFetcher fetcher;
  private final UnpinnedDownloads pages;

  OutdatedSearch(
      List<SuiteSources> suites,
      DebianIndexes indexes,
      SourceFetcher fetcher,
      UnpinnedDownloads pages) {
    this.suites = suites;
    this.indexes = indexes;
    this.fetcher = fetcher;
    this.pages = pages;
  }

  /** Returns what is newer; upstreams out of reach are notes. */
  Outdated.Recipe search(String recipe, String version, List<DeclaredSource> sources)
      throws IOException {
    List<Offer> offers = new ArrayList<>();
    Set<String> notes = new LinkedHashSet<>();
    for (DeclaredSource declared : sources) {
      Source source = declared.source();
      for (Origin origin : source.origins()) {
        if (origin instanceof Origin.Debian debian) {
          debian(source, debian, offers, notes);
        } else if (origin instanceof Origin.Https web && !isSnapshot(web)) {
          upstream(source, web, version, offers, notes);
        } else if (origin instanceof Origin.Maven) {
          notes.add("newer artifacts than " + origin + " were not looked for");
        }
      }
    }
    return new Outdated.Recipe(recipe, version, offers, List.copyOf(notes));
  }

  /** Says whether an address keeps what once was; nothing newer ever comes there. */
  static boolean isSnapshot(Origin.Https web) {
    return web.address().getHost().equals("snapshot.debian.org");
  }

  private void debian(Source source, Origin.Debian origin, List<Offer> offers, Set<String> notes)
      throws IOException {
    Optional<DebianFile> parsed = DebianFile.parse(origin.file());
    if (parsed.isEmpty() || parsed.get().kind() == Kind.DSC) {
      return;
    }
    DebianFile file = parsed.get();
    Map<DebianVersion, List<SuiteSources>> newer = new TreeMap<>();
    for (SuiteSources suite : suites) {
      suite
          .newest(origin.sourcePackage())
          .filter(file::isOlderThan)
          .ifPresent(v -> newer.computeIfAbsent(v, any -> new ArrayList<>()).add(suite));
    }
    for (Map.Entry<DebianVersion, List<SuiteSources>> entry : newer.entrySet()) {
      DebianVersion offered = entry.getKey();
      boolean sameSoftware = file.version().upstream().equals(offered.upstream());
      PatchQueue gained = new PatchQueue(List.of(), "");
      if (file.kind() == Kind.DEBIAN) {
        gained = gained(source, origin, file, offered, entry.getValue().get(0), notes);
      }
      offers.add(
          new Offer(
              sameSoftware ? "patches" : "version",
              source.file(),
              file.version().toString(),
              file.kind() == Kind.ORIG ? offered.upstream() : offered.toString(),
              entry.getValue().stream().map(suite -> "Debian " + suite.name()).toList(),
              "debian-archive",
              gained.patches(),
              List.copyOf(gained.securityFixesSince(file.version()))));
    }
  }

  /** Returns the patches that the newer queue has beyond the one that the recipe pins. */
  private PatchQueue gained(
      Source source,
      Origin.Debian origin,
      DebianFile file,
      DebianVersion offered,
      SuiteSources suite,
      Set<String> notes)
      throws IOException {
    Origin.Debian newer = new Origin.Debian(origin.sourcePackage(), file.of(offered));
    try {
      Digest digest =
          indexes.look(Index.of(suite.name(), newer), List.of(newer)).digests().get(newer);
      if (digest == null) {
        notes.add("Debian " + suite.name() + " does not list " + newer.file());
        return new PatchQueue(List.of(), "");
      }
      PatchQueue queue = PatchQueue.read(fetch(new Source(newer.file(), digest, List.of(newer))));
      return new PatchQueue(queue.without(PatchQueue.read(fetch(source))), queue.changelog());
    } catch (FetchException e) {
      notes.add("the patches of " + offered + " could not be compared: " + e.getMessage());
      return new PatchQueue(List.of(), "");
    }
  }

  private Path fetch(Source source) {
    FetchedSource fetched = fetcher.fetch(List.of(source)).get(0);
    return fetched.path();
  }

  private void upstream(
      Source source, Origin.Https web, String version, List<Offer> offers, Set<String> notes) {
    Optional<ListingPage> page = ListingPage.of(web.address(), version);
    if (page.isEmpty()) {
      notes.add("no page that lists releases is known for " + web);
      return;
    }
    String folder = page.get().folder().toString();
    List<String> versions;
    try {
      versions = page.get().versions(pages.page(page.get().folder(), ListingPage.MAXIMUM_BYTES));
    } catch (FetchException e) {
      notes.add("upstream was not asked: " + e.getMessage());
      return;
    }
    if (versions.isEmpty()) {
      notes.add(folder + " lists no release of this name");
      return;
    }
    String newest = versions.get(versions.size() - 1);
    if (DebianVersion.compare(version, newest) < 0) {
      offers.add(
          new Offer(
              "version",
              source.file(),
              version,
              newest,
              List.of(folder),
              "none",
              List.of(),
              List.of()));
    }
  }
}
