package io.github.prosodyoci.evidence;

import io.github.prosodyoci.core.AtomicFiles;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.EarlierReport;
import io.github.prosodyoci.core.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A few files that are written together, and a report by which they are found up to date. */
final class Documents {

  private final Path folder;
  private final String report;
  private final Consumer<String> log;

  /**
   * Names the files' folder, and the report in it.
   *
   * @param log receives one line that says why an existing report is not used
   */
  Documents(Path folder, String report, Consumer<String> log) {
    this.folder = folder;
    this.report = report;
    this.log = log;
  }

  /**
   * What was written.
   *
   * @param inputs the digest of all that the files were made of
   * @param files their digests, by name
   */
  record Report(Digest inputs, SortedMap<String, Digest> files) {}

  /** Returns the files that were made of the same inputs, if all are there as they were written. */
  Optional<DocumentsResult> upToDate(Digest inputs) throws IOException {
    Optional<Report> before =
        EarlierReport.read(folder.resolve(report), Report.class, log)
            .filter(each -> inputs.equals(each.inputs()) && each.files() != null);
    if (before.isEmpty()) {
      return Optional.empty();
    }
    for (Map.Entry<String, Digest> each : before.get().files().entrySet()) {
      Path file = file(each.getKey());
      if (!Files.isRegularFile(file) || !Digest.of(file).equals(each.getValue())) {
        return Optional.empty();
      }
    }
    return Optional.of(
        new DocumentsResult(before.get().files().keySet().stream().map(this::file).toList(), true));
  }

  private Path file(String name) {
    return folder.resolve(name).normalize();
  }

  /** Writes the files, by name, and then the report. */
  DocumentsResult write(Digest inputs, Map<String, String> texts) throws IOException {
    Files.deleteIfExists(folder.resolve(report));
    SortedMap<String, Digest> digests = new TreeMap<>();
    for (Map.Entry<String, String> each : texts.entrySet()) {
      byte[] bytes = each.getValue().getBytes(StandardCharsets.UTF_8);
      AtomicFiles.write(file(each.getKey()), out -> out.write(bytes));
      digests.put(each.getKey(), Digest.of(bytes));
    }
    Json.write(folder.resolve(report), new Report(inputs, digests));
    List<Path> files = digests.keySet().stream().map(this::file).toList();
    return new DocumentsResult(files, false);
  }
}
