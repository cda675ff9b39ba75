package io.github.prosodyoci.fetch.store;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.fetch.FetchCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Consumer;

/** Where damaged files of the store are kept, out of the way and for a look at them. */
final class Quarantine {

  private final Path folder;
  private final Consumer<String> warnings;

  Quarantine(Path folder, Consumer<String> warnings) {
    this.folder = folder;
    this.warnings = warnings;
  }

  /**
   * Moves a file here, with a warning.
   *
   * @throws FailureException with {@link FetchCode#STORE_DAMAGED} if it cannot be moved
   */
  void add(Path path, String damage) {
    try {
      Files.createDirectories(folder);
      Path place = Files.createTempDirectory(folder, "").resolve(path.getFileName());
      Files.move(path, place, StandardCopyOption.ATOMIC_MOVE);
      warnings.accept(
          "The stored file " + path + " is damaged: " + damage + ". It was moved to " + place);
    } catch (NoSuchFileException e) {
      return; // another process was faster
    } catch (IOException e) {
      if (FileFailures.isInterrupt(e)) {
        throw FileFailures.interrupted("read", path.toString(), e);
      }
      throw Failure.of(
              FetchCode.STORE_DAMAGED,
              "quarantine",
              path.toString(),
              damage + ", and moving it failed: " + Reasons.of(e))
          .toException(e);
    }
  }
}
