package io.github.prosodyoci.evidence.maven;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.evidence.EvidenceCode;
import io.github.prosodyoci.evidence.sign.SigningKey;
import io.github.prosodyoci.evidence.sign.TokenKey;
import io.github.prosodyoci.evidence.sign.VerifyingKey;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the keys that parameters name. */
final class KeyFiles {

  /**
   * The environment variable that may hold the key itself, as PEM, or the URI of one in a token.
   */
  static final String VARIABLE = "PROSODYOCI_SIGNING_KEY";

  /** The environment variable that may hold the PIN of a token. */
  static final String PIN = "PROSODYOCI_SIGNING_PIN";

  private KeyFiles() {}

  /**
   * Returns the private key of a file, or else that of the environment: PEM, or the URI of a key in
   * a token.
   *
   * @throws io.github.prosodyoci.core.FailureException with {@link EvidenceCode#BAD_KEY} if it
   *     cannot be read, or is not one
   */
  static Optional<SigningKey> signing(@Nullable File file, Map<String, String> environment) {
    if (file == null) {
      return Optional.ofNullable(environment.get(VARIABLE))
          .map(String::strip)
          .filter(text -> !text.isEmpty())
          .map(
              text ->
                  text.startsWith(TokenKey.SCHEME)
                      ? TokenKey.open(text, Optional.ofNullable(environment.get(PIN)))
                      : SigningKey.parse(VARIABLE, text));
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
