package io.github.prosodyoci.compile;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.verify.VerifyResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * The files that {@code target/verification.json} says may be trusted.
 *
 * @param file the report
 * @param digests the digests of these files
 */
record TrustedSources(Path file, Set<Digest> digests) {

  static TrustedSources read(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw Failure.of(
              CompileCode.VERIFICATION_MISSING,
              "build",
              "the packages",
              "there is no " + file + ", which says which sources may be trusted")
          .toException();
    }
    return new TrustedSources(file, VerifyResult.read(file).trusted());
  }

  /** Refuses sources that are not trusted. */
  void check(List<DeclaredSource> sources) {
    for (DeclaredSource source : sources) {
      if (!digests.contains(source.source().sha256())) {
        throw Failure.of(
                CompileCode.SOURCE_NOT_TRUSTED,
                "build",
                source.recipe(),
                "the source "
                    + source.source().file()
                    + " ("
                    + source.source().sha256()
                    + ") is not listed as trusted in "
                    + file)
            .at(source.where())
            .toException();
      }
    }
  }
}
