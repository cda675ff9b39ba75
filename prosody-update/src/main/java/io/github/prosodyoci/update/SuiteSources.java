package io.github.prosodyoci.update;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.fetch.FetchCode;
import io.github.prosodyoci.fetch.debian.Deb822;
import io.github.prosodyoci.update.OutdatedResult.State;
import io.github.prosodyoci.verify.VerifyCode;
import io.github.prosodyoci.verify.debian.DebianIndexes;
import io.github.prosodyoci.verify.debian.DebianIndexes.Index;
import io.github.prosodyoci.verify.debian.DebianIndexes.SignedIndex;
import io.github.prosodyoci.verify.debian.DebianVersion;
import io.github.prosodyoci.verify.debian.IndexScanner;
import io.github.prosodyoci.verify.debian.Release;
import io.github.prosodyoci.verify.openpgp.SignatureResult;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The source packages of one suite of Debian's archive, as its signed index lists them.
 *
 * @param suite who was asked, and who signed, or why it could not be asked
 * @param date when the index was made
 * @param versions the versions of each package that was asked for
 * @param retained the versions that are kept only for binary packages still built from them
 */
record SuiteSources(
    OutdatedResult.Suite suite,
    Optional<Instant> date,
    Map<String, List<DebianVersion>> versions,
    Map<String, List<DebianVersion>> retained) {

  /**
   * When an index counts as stale.
   *
   * @param now the present time
   * @param maximumAge how old an index may be of a suite that is changes daily
   */
  record Freshness(Instant now, Duration maximumAge) {

    /** Returns why an index is stale, in words; empty if it is not. */
    Optional<String> staleness(String suite, Release release) {
      // The main suite of a stable release changes with its point releases only.
      boolean changesDaily =
          release.validUntil().isPresent()
              || suite.endsWith("-security")
              || suite.endsWith("-updates");
      Duration age = Duration.between(release.date(), now);
      return changesDaily && age.compareTo(maximumAge) > 0
          ? Optional.of(
              "index of "
                  + release.date()
                  + ", "
                  + age.toDays()
                  + " days old; at most "
                  + maximumAge.toDays()
                  + " are allowed")
          : Optional.empty();
    }
  }

  /**
   * Reads a suite's index of sources. One that is unavailable or out of date is a result too.
   *
   * @throws FailureException if a signature or a digest does not hold
   * @throws IOException if a file of the cache cannot be read or written
   */
  static SuiteSources read(
      DebianIndexes indexes, String suite, Set<String> packages, Freshness freshness)
      throws IOException {
    try {
      SignedIndex<List<Deb822>> reading =
          indexes.read(Index.ofSources(suite), text -> IndexScanner.stanzas(text, packages));
      Release release = reading.release();
      State state = State.ASKED;
      Optional<String> reason = freshness.staleness(suite, release);
      if (reading.kept()) {
        state = State.NOT_ASKED;
        reason = Optional.of("no mirror answered; a copy of " + release.date() + " was kept");
      } else if (reason.isPresent()) {
        state = State.STALE;
      }
      SignatureResult signer = reading.signatures().good();
      return new SuiteSources(
          new OutdatedResult.Suite(
              suite,
              state,
              release.date().toString(),
              signer.signer(),
              signer.userId(),
              signer.algorithm(),
              reason.orElse(null)),
          Optional.of(release.date()),
          versions(reading.content(), false),
          versions(reading.content(), true));
    } catch (FailureException e) {
      if (FetchCode.isCodeOf(e)) {
        return unavailable(suite, State.NOT_ASKED, e.failure().message());
      }
      if (e.failureCode() != VerifyCode.RELEASE_DATE) {
        throw e;
      }
      // Nothing of it is used.
      return unavailable(suite, State.STALE, e.failure().reason());
    }
  }

  private static SuiteSources unavailable(String suite, State state, String reason) {
    return new SuiteSources(
        new OutdatedResult.Suite(suite, state, null, null, null, null, reason),
        Optional.empty(),
        Map.of(),
        Map.of());
  }

  private static Map<String, List<DebianVersion>> versions(List<Deb822> stanzas, boolean retained) {
    Map<String, List<DebianVersion>> versions = new HashMap<>();
    for (Deb822 stanza : stanzas) {
      if (stanza.find("Extra-Source-Only").filter("yes"::equals).isPresent() != retained) {
        continue;
      }
      try {
        versions
            .computeIfAbsent(stanza.find("Package").orElse(""), name -> new ArrayList<>())
            .add(DebianVersion.parse(stanza.find("Version").orElse("")));
      } catch (IllegalArgumentException e) {
        throw VerifyCode.INDEX_CHAIN.failure(
            "Debian's index of sources", String.valueOf(e.getMessage()));
      }
    }
    return versions;
  }

  /** Returns the newest version of a package. */
  Optional<DebianVersion> newest(String sourcePackage) {
    return versions.getOrDefault(sourcePackage, List.of()).stream().max(DebianVersion::compareTo);
  }

  /** Returns the newest packaging of an upstream version, retained ones included. */
  Optional<DebianVersion> newestOf(String sourcePackage, String upstream) {
    return Stream.of(versions, retained)
        .flatMap(some -> some.getOrDefault(sourcePackage, List.of()).stream())
        .filter(version -> version.upstream().equals(upstream))
        .max(DebianVersion::compareTo);
  }

  /** Returns the suite's name. */
  String name() {
    return suite.suite();
  }

  /** Returns the suite's name as it is shown. */
  String shown() {
    return "Debian " + name();
  }
}
