package io.github.prosodyoci.compile;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.verify.VerifyResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The files that {@code target/verification.json} says may be trusted. */
final class TrustedSources {

  private final Path file;
  private final Set<Digest> digests;

  private TrustedSources(Path file, Set<Digest> digests) {
    this.file = file;
    this.digests = digests;
  }

  static TrustedSources read(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new CompileException(
          "Could not build: there is no "
              + file
              + ", which says which sources may be trusted. Run the goal prosody-verify:sources"
              + " before.");
    }
    return new TrustedSources(file, VerifyResult.read(file).trusted());
  }

  /** Refuses sources that are not trusted. */
  void check(List<DeclaredSource> sources) {
    for (DeclaredSource source : sources) {
      if (!digests.contains(source.source().sha256())) {
        throw new CompileException(
            "Could not build "
                + source.recipe()
                + ": "
                + source.where()
                + ": the source "
                + source.source().file()
                + " ("
                + source.source().sha256()
                + ") is not listed as trusted in "
                + file
                + ". Run the goal prosody-verify:sources on the same recipes before.");
      }
    }
  }
}
