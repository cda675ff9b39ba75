package io.github.prosodyoci.evidence.maven;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.evidence.EvidenceCode;
import io.github.prosodyoci.evidence.sign.SigningKey;
import io.github.prosodyoci.evidence.sign.VerifyingKey;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the keys that parameters name. */
final class KeyFiles {

  /** The environment variable that may hold the key itself, as PEM. */
  static final String VARIABLE = "PROSODYOCI_SIGNING_KEY";

  private KeyFiles() {}

  /**
   * Returns the private key of a file, or else that of the environment variable.
   *
   * @throws io.github.prosodyoci.core.FailureException with {@link EvidenceCode#BAD_KEY} if it
   *     cannot be read, or is not one
   */
  static Optional<SigningKey> signing(@Nullable File file, Optional<String> variable) {
    if (file == null) {
      return variable
          .map(String::strip)
          .filter(pem -> !pem.isEmpty())
          .map(pem -> SigningKey.parse(VARIABLE, pem));
    }
    return Optional.of(SigningKey.parse(file.toString(), read(file.toPath())));
  }

  /** Returns public keys, which are called after their files; throws as {@link #signing} does. */
  static List<VerifyingKey> trusted(List<File> files) {
    return files.stream()
        .map(file -> VerifyingKey.parse(file.getName(), read(file.toPath())))
        .toList();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw Failure.of(EvidenceCode.BAD_KEY, "read", "the key " + file, Reasons.of(e))
          .toException(e);
    }
  }
}
