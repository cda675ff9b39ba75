package io.github.prosodyoci.evidence.maven;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.evidence.EvidenceCode;
import io.github.prosodyoci.evidence.provenance.Provenance;
import io.github.prosodyoci.evidence.sign.Statement;
import io.github.prosodyoci.image.ImageLocation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An image, and what was said of its build.
 *
 * @param image the digest of the image
 * @param provenance what was said
 */
record Claim(Digest image, Provenance.Predicate provenance) {

  /** What a statement says that is not signed. */
  private record Document(
      @Nullable List<Statement.Subject> subject, Provenance.@Nullable Predicate predicate) {}

  /**
   * Reads a file as {@code image-evidence:provenance} writes it.
   *
   * @param asked the image that it must be about, if its digest is known
   * @throws FailureException with {@link EvidenceCode#NO_REPORT} if it is not such a file; with
   *     {@link EvidenceCode#SUBJECT_MISMATCH} if it is about another image
   */
  static Claim read(Path file, Optional<ImageLocation> asked) {
    Document document;
    try {
      document = Json.read(file, Document.class);
    } catch (IOException e) {
      throw unusable(file, Reasons.of(e)).toException(e);
    }
    if (document.subject() == null
        || document.subject().size() != 1
        || document.predicate() == null) {
      throw unusable(file, "it is not about one image").toException();
    }
    Digest digest = digest(file, document.subject().get(0).digest().get("sha256"));
    Digest wanted = asked.map(ImageLocation::digest).orElse(digest);
    if (!digest.equals(wanted)) {
      throw Failure.of(
              EvidenceCode.SUBJECT_MISMATCH, "use", file.toString(), "it is about " + digest)
          .expecting(wanted.toString())
          .toException();
    }
    return new Claim(digest, document.predicate());
  }

  private static Digest digest(Path file, @Nullable String hex) {
    try {
      return Digest.parse("sha256:" + hex);
    } catch (IllegalArgumentException e) {
      throw unusable(file, "it names no image by its digest").toException(e);
    }
  }

  private static Failure unusable(Path file, String found) {
    return Failure.of(EvidenceCode.NO_REPORT, "read", "the provenance " + file, found);
  }
}
