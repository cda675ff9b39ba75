package io.github.prosodyoci.verify;

import io.github.prosodyoci.core.AtomicFiles;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.EarlierReport;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.verify.EvidenceResult.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What {@code target/verification.json} says: every source, and why it may be trusted.
 *
 * @param schema the version of this format, 3
 * @param inputs the digest of everything that the result depends on: sources, evidence,
 *     certificates, and the code that verified
 * @param sources the sources, in the order of the recipes
 */
public record VerifyResult(int schema, Digest inputs, List<Entry> sources) {

  /** The version of the format. */
  static final int SCHEMA = 3;

  /** Copies the list. */
  public VerifyResult {
    sources = List.copyOf(sources);
  }

  /**
   * A source that may be trusted. There are no others in a report: they stop the build.
   *
   * @param recipe the recipe that declares it
   * @param file its name
   * @param sha256 the digest of its bytes
   * @param size its size in bytes
   * @param origin the address that it came from when it was first fetched; {@code store} if unknown
   * @param status {@code trusted}
   * @param waiver why no evidence is required, if so
   * @param evidence the entries looked at, in the order of the recipe, up to the first sufficient
   */
  public record Entry(
      String recipe,
      String file,
      Digest sha256,
      long size,
      String origin,
      String status,
      @Nullable String waiver,
      List<EvidenceResult> evidence) {

    /** The only status. */
    static final String TRUSTED = "trusted";

    /** Copies the list. */
    public Entry {
      evidence = List.copyOf(evidence);
    }

    /** Returns whether only the pinned digest holds, by a named waiver. */
    boolean isPinnedOnly() {
      return waiver != null;
    }

    /** Returns the entry of evidence that decided, the last one looked at. */
    EvidenceResult decisive() {
      return evidence.get(evidence.size() - 1);
    }

    /** Returns a line for people: the file, how strong the evidence is, who signed, when. */
    String line(int width) {
      EvidenceResult last = decisive();
      String name = String.format(Locale.ROOT, "%-" + width + "s  ", file);
      if (isPinnedOnly()) {
        return name + "pinned  " + waiver;
      }
      String weak =
          evidence.stream()
              .filter(result -> result.outcome() == Outcome.WEAK)
              .map(result -> "; weak: " + result.document() + " by " + result.userId())
              .collect(Collectors.joining());
      return name
          + "strong  "
          + last.userId()
          + ", "
          + String.valueOf(last.signedAt()).replaceAll("T.*", "")
          + ", "
          + last.document()
          + weak;
    }
  }

  /** Returns the digests of all files that may be trusted. */
  public Set<Digest> trusted() {
    return sources.stream()
        .filter(entry -> entry.status().equals(Entry.TRUSTED))
        .map(Entry::sha256)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Returns a short table for people, a line for each source. */
  public List<String> table() {
    int width = sources.stream().mapToInt(entry -> entry.file().length()).max().orElse(1);
    return sources.stream().map(entry -> entry.line(width)).toList();
  }

  /**
   * Writes the report.
   *
   * @throws IOException if the file cannot be written
   */
  public void write(Path file) throws IOException {
    Json.write(file, this);
  }

  /**
   * Writes the report as a page for people (HTML), which needs nothing but itself.
   *
   * @throws IOException if the file cannot be written
   */
  public void writePage(Path file) throws IOException {
    byte[] page = VerificationPage.of(this).getBytes(StandardCharsets.UTF_8);
    AtomicFiles.write(file, out -> out.write(page));
  }

  /**
   * Returns the report that a file holds.
   *
   * @throws IOException if there is none, or it cannot be read
   */
  public static VerifyResult read(Path file) throws IOException {
    return Json.read(file, VerifyResult.class);
  }

  /**
   * Returns the report that an earlier build left, if it depends on the same inputs.
   *
   * @param log receives one line that says why an existing report is not used
   */
  public static Optional<VerifyResult> upToDate(Path file, Digest inputs, Consumer<String> log) {
    return EarlierReport.read(file, VerifyResult.class, log)
        .filter(earlier -> earlier.schema() == SCHEMA && inputs.equals(earlier.inputs()));
  }
}
