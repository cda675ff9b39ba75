package io.github.prosodyoci.update;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.fetch.FetchCode;
import io.github.prosodyoci.fetch.debian.Deb822;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.verify.VerifyCode;
import io.github.prosodyoci.verify.debian.DebianFile;
import io.github.prosodyoci.verify.debian.DebianIndexes;
import io.github.prosodyoci.verify.debian.DebianIndexes.Index;
import io.github.prosodyoci.verify.debian.DebianVersion;
import io.github.prosodyoci.verify.debian.IndexScanner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What suites of Debian's archive have of some binary packages, as their signed indexes say. */
final class BinaryCandidates {

  /** The field {@code Source}: its version is there only if the binary package has another. */
  private static final Pattern SOURCE = Pattern.compile("([^ ]+)(?: \\(([^)]+)\\))?");

  /**
   * A binary package that a recipe pins.
   *
   * @param origin its origin in the archive
   * @param file the name of its file there, taken apart
   */
  record Pinned(Origin.Debian origin, DebianFile file) {

    /** Returns the package that an origin is; empty if it is no binary package. */
    static Optional<Pinned> of(Origin.Debian origin) {
      return DebianFile.parse(origin.file())
          .filter(file -> file.kind() == DebianFile.Kind.DEB)
          .map(file -> new Pinned(origin, file));
    }
  }

  /**
   * A version of a binary package in a suite.
   *
   * @param sourceVersion the version of the source package that it was built from
   * @param version its own version, which differs after a mere rebuild
   * @param sha256 the digest of its file
   */
  record Candidate(
      String suite, DebianVersion sourceVersion, DebianVersion version, Digest sha256) {}

  private final DebianIndexes indexes;
  private final List<String> suites;
  private final Map<String, String> unanswered = new TreeMap<>();

  /** Creates a reader of some suites. */
  BinaryCandidates(DebianIndexes indexes, List<String> suites) {
    this.indexes = indexes;
    this.suites = List.copyOf(suites);
  }

  /**
   * Returns what the suites have of each package, for the same architecture and from the same
   * source package, in the order of the suites.
   *
   * @throws FailureException if a signature or a digest does not hold
   * @throws IOException if a file of the cache cannot be read or written
   */
  List<List<Candidate>> of(List<Pinned> packages) throws IOException {
    Map<Index, Set<String>> wanted = new LinkedHashMap<>();
    for (String suite : suites) {
      for (Pinned each : packages) {
        wanted
            .computeIfAbsent(Index.of(suite, each.origin()), any -> new TreeSet<>())
            .add(each.file().start());
      }
    }
    List<List<Candidate>> candidates = new ArrayList<>();
    packages.forEach(each -> candidates.add(new ArrayList<>()));
    for (Map.Entry<Index, Set<String>> entry : wanted.entrySet()) {
      for (Deb822 stanza : stanzas(entry.getKey(), entry.getValue())) {
        for (int i = 0; i < packages.size(); i++) {
          if (Index.of(entry.getKey().suite(), packages.get(i).origin()).equals(entry.getKey())) {
            candidates
                .get(i)
                .addAll(candidate(stanza, packages.get(i), entry.getKey()).stream().toList());
          }
        }
      }
    }
    return candidates;
  }

  /** Returns the suites, and why some of them were not asked, for messages. */
  String asked() {
    return String.join(
        ", ",
        suites.stream()
            .map(
                suite ->
                    "Debian "
                        + suite
                        + (unanswered.containsKey(suite)
                            ? " (not asked: " + unanswered.get(suite) + ")"
                            : ""))
            .toList());
  }

  private List<Deb822> stanzas(Index index, Set<String> names) throws IOException {
    try {
      return indexes.read(index, text -> IndexScanner.stanzas(text, names)).content();
    } catch (FailureException e) {
      if (!FetchCode.isCodeOf(e) && e.failureCode() != VerifyCode.RELEASE_DATE) {
        throw e;
      }
      unanswered.put(index.suite(), e.failure().reason());
      return List.of();
    }
  }

  private static Optional<Candidate> candidate(Deb822 stanza, Pinned pinned, Index index) {
    String version = stanza.find("Version").orElse("");
    Matcher source =
        SOURCE.matcher(stanza.find("Source").or(() -> stanza.find("Package")).orElse(""));
    try {
      DebianVersion parsed = DebianVersion.parse(version);
      String path = stanza.find("Filename").orElse("");
      if (!path.substring(path.lastIndexOf('/') + 1).equals(pinned.file().of(parsed))
          || !source.matches()
          || !source.group(1).equals(pinned.origin().sourcePackage())) {
        return Optional.empty();
      }
      return Optional.of(
          new Candidate(
              index.suite(),
              source.group(2) == null ? parsed : DebianVersion.parse(source.group(2)),
              parsed,
              new Digest(stanza.find("SHA256").orElse(""))));
    } catch (IllegalArgumentException e) {
      throw VerifyCode.INDEX_CHAIN.failure(index.toString(), String.valueOf(e.getMessage()));
    }
  }
}
