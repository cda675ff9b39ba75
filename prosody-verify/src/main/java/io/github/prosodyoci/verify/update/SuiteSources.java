package io.github.prosodyoci.verify.update;

import io.github.prosodyoci.fetch.FetchException;
import io.github.prosodyoci.verify.VerifyException;
import io.github.prosodyoci.verify.VerifyException.Code;
import io.github.prosodyoci.verify.debian.Deb822;
import io.github.prosodyoci.verify.debian.DebianIndexes;
import io.github.prosodyoci.verify.debian.DebianIndexes.Index;
import io.github.prosodyoci.verify.debian.DebianIndexes.Reading;
import io.github.prosodyoci.verify.debian.DebianVersion;
import io.github.prosodyoci.verify.debian.IndexScanner;
import io.github.prosodyoci.verify.openpgp.SignatureResult;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The source packages of one suite of Debian's archive, as its signed index lists them.
 *
 * @param suite who was asked, and who signed, or why it could not be asked
 * @param date when the index was made
 * @param versions the versions of each package that was asked for
 */
record SuiteSources(
    Outdated.Suite suite, Optional<Instant> date, Map<String, List<DebianVersion>> versions) {

  /**
   * Reads a suite's index of sources. One that cannot be had, or is out of date, is a result too.
   *
   * @throws VerifyException if a signature or a digest does not hold
   * @throws IOException if a file of the cache cannot be read or written
   */
  static SuiteSources read(DebianIndexes indexes, String suite, Set<String> packages)
      throws IOException {
    try {
      Reading<List<Deb822>> reading =
          indexes.read(
              new Index(suite, "main/source/Sources.xz"),
              text -> IndexScanner.stanzas(text, packages));
      SignatureResult signer = reading.signatures().good();
      return new SuiteSources(
          new Outdated.Suite(
              suite,
              reading.release().date().toString(),
              signer.signer(),
              signer.userId(),
              signer.algorithm(),
              null),
          Optional.of(reading.release().date()),
          versions(reading.content()));
    } catch (FetchException e) {
      return unavailable(suite, e);
    } catch (VerifyException e) {
      if (e.code() != Code.RELEASE_DATE) {
        throw e;
      }
      return unavailable(suite, e); // a mirror that is behind, of which nothing is used
    }
  }

  private static SuiteSources unavailable(String suite, RuntimeException reason) {
    return new SuiteSources(
        new Outdated.Suite(suite, null, null, null, null, reason.getMessage()),
        Optional.empty(),
        Map.of());
  }

  private static Map<String, List<DebianVersion>> versions(List<Deb822> stanzas) {
    Map<String, List<DebianVersion>> versions = new HashMap<>();
    for (Deb822 stanza : stanzas) {
      // Kept only for binary packages that are still built from them.
      if (stanza.find("Extra-Source-Only").filter("yes"::equals).isPresent()) {
        continue;
      }
      try {
        versions
            .computeIfAbsent(stanza.find("Package").orElse(""), name -> new ArrayList<>())
            .add(DebianVersion.parse(stanza.find("Version").orElse("")));
      } catch (IllegalArgumentException e) {
        throw new VerifyException(
            Code.INDEX_CHAIN, "Debian's index of sources", String.valueOf(e.getMessage()));
      }
    }
    return versions;
  }

  /** Returns the newest version of a package. */
  Optional<DebianVersion> newest(String sourcePackage) {
    return versions.getOrDefault(sourcePackage, List.of()).stream().max(DebianVersion::compareTo);
  }

  /** Returns the suite's name. */
  String name() {
    return suite.suite();
  }
}
