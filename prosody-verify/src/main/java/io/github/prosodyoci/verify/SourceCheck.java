package io.github.prosodyoci.verify;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.fetch.FetchException;
import io.github.prosodyoci.fetch.FetchedSource;
import io.github.prosodyoci.fetch.SourceFetcher;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.Evidence;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.recipe.Source;
import io.github.prosodyoci.recipe.Waiver;
import io.github.prosodyoci.verify.EvidenceResult.Outcome;
import io.github.prosodyoci.verify.VerifyException.Code;
import io.github.prosodyoci.verify.debian.Deb822;
import io.github.prosodyoci.verify.debian.DebianIndexes.Index;
import io.github.prosodyoci.verify.debian.DebianIndexes.Listing;
import io.github.prosodyoci.verify.openpgp.Certificate;
import io.github.prosodyoci.verify.openpgp.ClearSigned;
import io.github.prosodyoci.verify.openpgp.SignatureReport;
import io.github.prosodyoci.verify.openpgp.SignatureVerifier;
import io.github.prosodyoci.verify.openpgp.TrustFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One source on its way through its evidence, entry by entry, to the first that suffices. It stops
 * where Debian's index is to be asked, so that each index is read once for all sources.
 */
final class SourceCheck {

  private static final int MAX_SOURCE_CONTROL = 1 << 20;

  /**
   * What all checks share.
   *
   * @param fetcher brings the files of evidence
   */
  record Context(SignatureVerifier verifier, TrustFolder trust, SourceFetcher fetcher) {}

  private final DeclaredSource declared;
  private final List<Evidence> evidence;
  private final List<EvidenceResult> results = new ArrayList<>();
  private @Nullable FetchedSource found;
  private @Nullable String waiver;
  private @Nullable Code weakness;
  private boolean sufficient;

  SourceCheck(DeclaredSource declared, List<Evidence> evidence) {
    this.declared = declared;
    this.evidence = evidence;
  }

  DeclaredSource declared() {
    return declared;
  }

  List<Evidence> evidence() {
    return evidence;
  }

  /**
   * Goes on until Debian's index is to be asked, or there is nothing left to do.
   *
   * @throws VerifyException if an entry does not hold
   * @throws IOException if a file cannot be read
   */
  void advance(Context context, FetchedSource fetched) throws IOException {
    found = fetched;
    while (!sufficient && results.size() < evidence.size()) {
      Evidence next = evidence.get(results.size());
      if (next instanceof Evidence.DebianArchive) {
        return;
      }
      if (next instanceof Evidence.Signature signature) {
        signature(context, fetched, signature);
      } else if (next instanceof Evidence.DebianSourceControl control) {
        sourceControl(context, control);
      } else if (next instanceof Evidence.PinnedOnly pinned) {
        waiver = pinned.reason();
        add(
            EvidenceResult.without(
                pinned.kind(), fetched.source().file(), Outcome.WAIVED, pinned.reason()));
      }
    }
  }

  private void add(EvidenceResult result) {
    results.add(result);
    sufficient |= result.outcome() == Outcome.SUFFICIENT || result.outcome() == Outcome.WAIVED;
  }

  private void addSigned(
      String kind,
      String document,
      SignatureReport report,
      Map<Waiver, String> waivers,
      List<String> more) {
    weakness = report.best().code().orElse(weakness);
    add(EvidenceResult.signed(kind, document, report, waivers, more));
  }

  private void signature(Context context, FetchedSource fetched, Evidence.Signature signature)
      throws IOException {
    Source file = signature.file();
    Outcomes outcome = fetch(context, file);
    if (outcome.present().isEmpty()) {
      if (!signature.optional()) {
        throw stripped(file, outcome.answers());
      }
      add(
          EvidenceResult.without(
              signature.kind(), file.file(), Outcome.UNAVAILABLE, "no origin has it"));
      return;
    }
    byte[] bytes = read(outcome.present().get().path(), SignatureVerifier.MAX_SIGNATURE_FILE);
    try (InputStream data = Files.newInputStream(fetched.path())) {
      List<Certificate> signers = context.trust().certificates(signature.signers());
      addSigned(
          signature.kind(),
          file.file(),
          context.verifier().detached(bytes, data, signers, signature.waivers().keySet()),
          signature.waivers(),
          List.of());
    } catch (VerifyException e) {
      throw e.about(declared.source().file() + " by its signature " + file.file());
    }
  }

  /** A file that is there, or the answers of those who do not have it. */
  private record Outcomes(Optional<FetchedSource> present, String answers) {}

  private static Outcomes fetch(Context context, Source file) {
    SourceFetcher.Outcome outcome = context.fetcher().tryFetch(List.of(file));
    return new Outcomes(
        outcome.fetched().stream().findFirst(), String.join("; ", outcome.failed().values()));
  }

  private VerifyException stripped(Source file, String answers) {
    return new VerifyException(
        Code.SIGNATURE_STRIPPED,
        declared.source().file(),
        "its signature " + file.file() + " is not to be had: " + answers);
  }

  private void sourceControl(Context context, Evidence.DebianSourceControl control)
      throws IOException {
    Source file = control.file();
    Outcomes outcome = fetch(context, file);
    Path present =
        outcome
            .present()
            .map(FetchedSource::path)
            .orElseThrow(() -> stripped(file, outcome.answers()));
    try {
      List<Certificate> signers = context.trust().certificates(control.signers());
      ClearSigned message = ClearSigned.split(read(present, MAX_SOURCE_CONTROL));
      SignatureReport report = context.verifier().clearSigned(message, signers);
      report.best();
      checkListed(Deb822.parse(message.text()));
      addSigned(control.kind(), file.file(), report, Map.of(), List.of());
    } catch (VerifyException e) {
      throw e.about(declared.source().file() + " by " + file.file());
    }
  }

  private void checkListed(Deb822 control) {
    Origin.Debian origin = origin();
    List<String> digests =
        control.rows("Checksums-Sha256").stream()
            .filter(row -> row.length == 3 && row[2].equals(origin.file()))
            .map(row -> row[0])
            .toList();
    if (!control.find("Source").equals(Optional.of(origin.sourcePackage()))
        || !digests.equals(List.of(declared.source().sha256().hex()))) {
      throw new VerifyException(
          Code.INDEX_CHAIN,
          "it should list "
              + origin.file()
              + " of "
              + origin.sourcePackage()
              + " with "
              + declared.source().sha256()
              + ", but lists "
              + (digests.isEmpty() ? "no SHA-256 of it" : String.join(", ", digests)));
    }
  }

  private static byte[] read(Path file, int limit) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(limit + 1);
    }
  }

  private Origin.Debian origin() {
    // The recipe's reader refuses such evidence without one.
    return declared.source().debianOrigin().orElseThrow();
  }

  /** Returns the index that is to be asked next; empty if none is. */
  Optional<Index> question() {
    if (sufficient
        || results.size() >= evidence.size()
        || !(evidence.get(results.size()) instanceof Evidence.DebianArchive archive)) {
      return Optional.empty();
    }
    return Optional.of(Index.of(archive.suite(), origin()));
  }

  /** Returns the file that an index may be asked for, now or later; empty if it never is. */
  Optional<Origin.Debian> wanted(Index index) {
    return evidence.stream()
        .filter(entry -> entry instanceof Evidence.DebianArchive)
        .map(entry -> Index.of(((Evidence.DebianArchive) entry).suite(), origin()))
        .filter(index::equals)
        .map(asked -> origin())
        .findFirst();
  }

  /**
   * Takes the answer of Debian's index.
   *
   * @throws VerifyException if it lists the file with another digest
   */
  void answer(Index index, Listing listing) {
    Digest digest = listing.digests().get(origin());
    if (digest == null) {
      unavailable(
          index,
          Code.INDEX_CHAIN,
          "the index of " + listing.release().date() + " does not list it by SHA-256");
      return;
    }
    if (!digest.equals(declared.source().sha256())) {
      throw new VerifyException(
          Code.INDEX_CHAIN,
          declared.source().file(),
          index
              + " lists "
              + origin().file()
              + " with "
              + digest
              + ", but pinned is "
              + declared.source().sha256());
    }
    List<String> notes = new ArrayList<>(List.of("index of " + listing.release().date()));
    listing.forgotten().ifPresent(notes::add);
    addSigned("debian-archive", index.toString(), listing.signatures(), Map.of(), notes);
  }

  /** Takes note that Debian's index could not be had; or only others than the one signed for. */
  void unavailable(Index index, FetchException why) {
    String message = String.valueOf(why.getMessage());
    boolean other = message.contains("(" + FetchException.Code.DIGEST_MISMATCH + ")");
    unavailable(index, other ? Code.INDEX_CHAIN : Code.INSUFFICIENT, message);
  }

  private void unavailable(Index index, Code code, String reason) {
    weakness = weakness == null ? code : weakness;
    add(EvidenceResult.without("debian-archive", index.toString(), Outcome.UNAVAILABLE, reason));
  }

  /**
   * Returns the report's entry.
   *
   * @throws VerifyException if no entry suffices
   */
  Verification.Entry entry() {
    Source source = declared.source();
    if (!sufficient) {
      throw new VerifyException(
          weakness == null ? Code.INSUFFICIENT : weakness,
          source.file(),
          "no evidence suffices: "
              + results.stream()
                  .map(
                      result ->
                          result.document()
                              + " is "
                              + result.outcome()
                              + " ("
                              + String.join("; ", result.notes())
                              + ")")
                  .collect(Collectors.joining(", ")));
    }
    if (found == null) {
      throw new IllegalStateException("Nothing is sufficient before the file was looked at");
    }
    return new Verification.Entry(
        declared.recipe(),
        source.file(),
        source.sha256(),
        found.size(),
        found.origin(),
        Verification.Entry.TRUSTED,
        waiver,
        results);
  }
}
