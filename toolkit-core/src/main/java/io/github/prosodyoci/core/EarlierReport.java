package io.github.prosodyoci.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** Reports that earlier builds left, which up-to-date checks compare with this build. */
public final class EarlierReport {

  private EarlierReport() {}

  /**
   * Returns the report in a file; empty if there is none. A report that cannot be read, such as one
   * of another version, counts as none.
   *
   * @param type the type of the report
   * @param log receives one line that says why a report is not used
   */
  public static <T> Optional<T> read(Path file, Class<T> type, Consumer<String> log) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.read(file, type));
    } catch (IOException e) {
      log.accept("The report " + file + " of an earlier build is not used: " + Reasons.of(e));
      return Optional.empty();
    }
  }
}
