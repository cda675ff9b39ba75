package io.github.prosodyoci.compile.repository;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.LockFile;
import io.github.prosodyoci.packages.apk.Signer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** The key that signs the repository. */
public final class SigningKeys {

  /** abuild's own default. */
  private static final int BITS = 4096;

  private static final String NAME = "prosody-oci.rsa";

  private SigningKeys() {}

  /**
   * Returns the signer to use.
   *
   * @param given a private key as PEM, if the user has one
   * @param cache the cache folder, with the key that is used (and created on first use) otherwise
   * @throws io.github.prosodyoci.core.FailureException if the key cannot be used
   * @throws IOException if the cache cannot be written
   * @throws InterruptedException if this thread is interrupted while another build creates the key
   */
  public static Signer signer(Optional<Path> given, Path cache)
      throws IOException, InterruptedException {
    if (given.isPresent()) {
      return read(given.get());
    }
    Path file = cache.resolve("keys").resolve(NAME);
    if (!Files.exists(file)) {
      LockFile lock = LockFile.beside(file, () -> {});
      try (lock) {
        if (!Files.exists(file)) {
          make(file);
        }
      }
    }
    return read(file);
  }

  private static void make(Path file) throws IOException {
    // A temporary file is its owner's alone, and stays so when it is renamed.
    Path temporary = Files.createTempFile(file.toAbsolutePath().getParent(), ".key", ".part");
    try {
      Files.writeString(temporary, Signer.generate(NAME + ".pub", BITS).privateKeyPem());
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static Signer read(Path file) throws IOException {
    try {
      return Signer.read(file, file.getFileName() + ".pub");
    } catch (NoSuchFileException e) {
      throw Failure.of(CompileCode.SIGNING_KEY, "sign", "the packages", "there is no key " + file)
          .toException(e);
    }
  }
}
