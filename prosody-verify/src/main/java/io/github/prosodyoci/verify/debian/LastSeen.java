package io.github.prosodyoci.verify.debian;

import io.github.prosodyoci.core.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/** Remembers the date of the newest index of each suite, so that no mirror can turn it back. */
public final class LastSeen {

  private final Path folder;

  /** Opens the memory in a cache folder. */
  public LastSeen(Path cache) {
    this.folder = cache.resolve("verify").resolve("last-seen");
  }

  /** Returns the newest date seen of a suite. */
  Optional<Instant> find(String suite) {
    Path file = folder.resolve(suite);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.parse(Files.readString(file).strip()));
    } catch (IOException | DateTimeException e) {
      return Optional.empty(); // a memory that cannot be read is none; it is written again below
    }
  }

  /**
   * Remembers a date, unless a newer one was seen.
   *
   * @return why it could not be remembered, as in a cache that may only be read
   */
  Optional<String> remember(String suite, Instant date) {
    if (find(suite).filter(seen -> !seen.isBefore(date)).isPresent()) {
      return Optional.empty();
    }
    try {
      AtomicFiles.write(
          folder.resolve(suite),
          out -> out.write((date + "\n").getBytes(StandardCharsets.US_ASCII)));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("its date could not be remembered: the cache cannot be written");
    }
  }
}
