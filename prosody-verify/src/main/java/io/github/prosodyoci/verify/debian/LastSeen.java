package io.github.prosodyoci.verify.debian;

import io.github.prosodyoci.core.AtomicFiles;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.verify.VerifyCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/** Records the date of the newest {@code InRelease} of each suite, to detect rollbacks. */
public final class LastSeen {

  private final Path folder;

  /** Opens the record in a cache folder. */
  public LastSeen(Path cache) {
    this.folder = cache.resolve("verify").resolve("last-seen");
  }

  /**
   * Returns the newest date seen of a suite; empty if none has been seen.
   *
   * @throws FailureException with {@link VerifyCode#LAST_SEEN} if the record exists but cannot be
   *     read: without it, a mirror could serve an old index again
   */
  Optional<Instant> find(String suite) {
    Path file = folder.resolve(suite);
    try {
      return Optional.of(Instant.parse(Files.readString(file, StandardCharsets.US_ASCII).strip()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      if (FileFailures.isInterrupt(e)) {
        throw FileFailures.interrupted("verify", "Debian's suite " + suite, e);
      }
      throw unreadable(suite, Reasons.of(e), e);
    } catch (DateTimeException e) {
      throw unreadable(suite, "it does not contain a date", e);
    }
  }

  private FailureException unreadable(String suite, String reason, Exception cause) {
    return VerifyCode.LAST_SEEN.failure(
        "Debian's suite " + suite,
        "the record of its newest InRelease, "
            + folder.resolve(suite)
            + ", cannot be read: "
            + reason,
        cause);
  }

  /**
   * Records a date, unless a newer one is recorded.
   *
   * @return a warning, if it could not be recorded, as in a read-only cache
   */
  Optional<String> record(String suite, Instant date) {
    if (find(suite).filter(seen -> !seen.isBefore(date)).isPresent()) {
      return Optional.empty();
    }
    try {
      AtomicFiles.write(
          folder.resolve(suite),
          out -> out.write((date + "\n").getBytes(StandardCharsets.US_ASCII)));
      return Optional.empty();
    } catch (IOException e) {
      if (FileFailures.isInterrupt(e)) {
        throw FileFailures.interrupted("verify", "Debian's suite " + suite, e);
      }
      return Optional.of("its date could not be recorded: the cache is not writable");
    }
  }
}
