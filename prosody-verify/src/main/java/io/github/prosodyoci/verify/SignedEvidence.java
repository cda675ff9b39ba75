package io.github.prosodyoci.verify;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.fetch.FetchRequest;
import io.github.prosodyoci.fetch.FetchResult;
import io.github.prosodyoci.fetch.FetchedSource;
import io.github.prosodyoci.fetch.Fetcher;
import io.github.prosodyoci.fetch.debian.Deb822;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.Evidence;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.recipe.Source;
import io.github.prosodyoci.verify.EvidenceResult.Outcome;
import io.github.prosodyoci.verify.SourceCheck.Finding;
import io.github.prosodyoci.verify.openpgp.ClearSigned;
import io.github.prosodyoci.verify.openpgp.SignatureReport;
import io.github.prosodyoci.verify.openpgp.SignatureVerifier;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Evidence in signed files beside a source: detached signatures and {@code .dsc} files. */
final class SignedEvidence {

  private static final int MAX_SOURCE_CONTROL = 1 << 20;

  private final SignatureVerifier verifier;
  private final TrustFolder trust;
  private final Fetcher fetcher;

  SignedEvidence(SignatureVerifier verifier, TrustFolder trust, Fetcher fetcher) {
    this.verifier = verifier;
    this.trust = trust;
    this.fetcher = fetcher;
  }

  /**
   * Checks a detached signature.
   *
   * @throws FailureException with a {@link VerifyCode} if it is bad, or missing without being
   *     optional
   * @throws IOException if a file cannot be read
   */
  Finding signature(DeclaredSource declared, FetchedSource fetched, Evidence.Signature signature)
      throws IOException {
    String name = signature.file().file();
    Optional<Path> file = fetch(declared, signature.file(), signature.optional());
    if (file.isEmpty()) {
      return Finding.without(
          signature.kind(), name, Outcome.UNAVAILABLE, VerifyCode.INSUFFICIENT, "no origin has it");
    }
    try (InputStream data = Files.newInputStream(fetched.path())) {
      SignatureReport report =
          verifier.detached(
              read(file.get(), SignatureVerifier.MAX_SIGNATURE_FILE),
              data,
              trust.certificates(signature.signers()),
              signature.waivers().keySet());
      return new Finding(
          EvidenceResult.signed(signature.kind(), name, report, signature.waivers(), List.of()),
          report.best().code());
    } catch (FailureException e) {
      throw e.about("verify", declared.source().file() + " by its signature " + name);
    }
  }

  /**
   * Checks the clear-signed description of a source package, which must list the source.
   *
   * @throws FailureException with a {@link VerifyCode} if it is bad or missing
   * @throws IOException if a file cannot be read
   */
  Finding sourceControl(DeclaredSource declared, Evidence.DebianSourceControl control)
      throws IOException {
    String name = control.file().file();
    Path file = fetch(declared, control.file(), false).orElseThrow();
    try {
      ClearSigned message = ClearSigned.split(read(file, MAX_SOURCE_CONTROL));
      SignatureReport report = verifier.clearSigned(message, trust.certificates(control.signers()));
      Optional<VerifyCode> weakness = report.best().code();
      checkListed(declared.source(), Deb822.parse(message.text(), VerifyCode.INDEX_CHAIN::failure));
      return new Finding(
          EvidenceResult.signed(control.kind(), name, report, Map.of(), List.of()), weakness);
    } catch (FailureException e) {
      throw e.about("verify", declared.source().file() + " by " + name);
    }
  }

  private Optional<Path> fetch(DeclaredSource declared, Source file, boolean optional) {
    FetchResult result = fetcher.fetch(FetchRequest.optional(List.of(file)));
    Failure absent = result.absent().get(file);
    if (absent != null && !optional) {
      throw VerifyCode.SIGNATURE_STRIPPED.failure(
          declared.source().file(),
          "its signature " + file.file() + " is not available: " + absent.reason());
    }
    return result.find(file).map(FetchedSource::path);
  }

  private static void checkListed(Source source, Deb822 control) {
    Origin.Debian origin = ArchiveEvidence.origin(source);
    List<String> digests =
        control.rows("Checksums-Sha256").stream()
            .filter(row -> row.length == 3 && row[2].equals(origin.file()))
            .map(row -> row[0])
            .toList();
    if (!control.find("Source").equals(Optional.of(origin.sourcePackage()))
        || !digests.equals(List.of(source.sha256().hex()))) {
      throw VerifyCode.INDEX_CHAIN.failure(
          "it should list "
              + origin.file()
              + " of "
              + origin.sourcePackage()
              + " with "
              + source.sha256()
              + ", but lists "
              + (digests.isEmpty() ? "no SHA-256 of it" : String.join(", ", digests)));
    }
  }

  private static byte[] read(Path file, int limit) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(limit + 1);
    }
  }
}
