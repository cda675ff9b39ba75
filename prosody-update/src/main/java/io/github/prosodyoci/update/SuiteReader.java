package io.github.prosodyoci.update;

import io.github.prosodyoci.core.Workers;
import io.github.prosodyoci.fetch.unpinned.DebianArchive;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.Evidence;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.update.SuiteSources.Freshness;
import io.github.prosodyoci.verify.TrustFolder;
import io.github.prosodyoci.verify.debian.DebianIndexes;
import io.github.prosodyoci.verify.debian.LastSeen;
import io.github.prosodyoci.verify.openpgp.SignatureVerifier;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Future;

/** Reads the signed indexes of several suites. */
final class SuiteReader {

  // More than there are processors, since some wait for the network.
  private static final int THREADS = 2 + Runtime.getRuntime().availableProcessors();

  private final DebianIndexes indexes;
  private final TrustFolder trust;
  private final Clock clock;

  SuiteReader(DebianArchive archive, TrustFolder trust, Path cache, Clock clock) {
    this.indexes =
        new DebianIndexes(
            archive, trust::suite, new SignatureVerifier(clock), new LastSeen(cache), clock);
    this.trust = trust;
    this.clock = clock;
  }

  /**
   * Returns those suites that sources name as evidence, and their updates; empty if they name none.
   */
  static List<String> related(List<String> suites, List<DeclaredSource> sources) {
    Set<String> bases = new TreeSet<>();
    for (DeclaredSource source : sources) {
      for (Evidence evidence : source.evidence()) {
        if (evidence instanceof Evidence.DebianArchive debian) {
          bases.add(base(debian.suite()));
        }
      }
    }
    return suites.stream().filter(suite -> bases.contains(base(suite))).toList();
  }

  private static String base(String suite) {
    return suite.replaceFirst("-(updates|security)$", "");
  }

  DebianIndexes indexes() {
    return indexes;
  }

  /**
   * Returns what suites have of the packages that sources come from.
   *
   * @param suites the suites; if empty, all whose keys are known
   */
  List<SuiteSources> read(List<String> suites, List<DeclaredSource> sources, Duration maximumAge)
      throws IOException {
    Set<String> packages = new TreeSet<>();
    for (DeclaredSource declared : sources) {
      for (Origin origin : declared.source().origins()) {
        if (origin instanceof Origin.Debian debian) {
          packages.add(debian.sourcePackage());
        }
      }
    }
    if (packages.isEmpty()) {
      return List.of();
    }
    Freshness freshness = new Freshness(clock.instant(), maximumAge);
    try (Workers workers = new Workers("prosody-update", THREADS)) {
      List<Future<SuiteSources>> futures = new ArrayList<>();
      for (String suite : suites.isEmpty() ? trust.suites() : suites) {
        futures.add(workers.submit(() -> SuiteSources.read(indexes, suite, packages, freshness)));
      }
      List<SuiteSources> read = new ArrayList<>();
      for (Future<SuiteSources> future : futures) {
        read.add(Workers.result("read the indexes", future));
      }
      return read;
    }
  }
}
