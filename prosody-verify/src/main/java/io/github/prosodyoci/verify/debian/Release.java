package io.github.prosodyoci.verify.debian;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.fetch.debian.Deb822;
import io.github.prosodyoci.verify.VerifyCode;
import io.github.prosodyoci.verify.openpgp.SignatureVerifier;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The signed text of an {@code InRelease} (deb-repository format, "Release files").
 *
 * @param names its suite and its code name
 * @param date when it was made
 * @param validUntil when it expires, if it says so
 * @param indexes the indexes listed by SHA-256, by path
 */
public record Release(
    List<String> names, Instant date, Optional<Instant> validUntil, Map<String, Entry> indexes) {

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM uuuu HH:mm:ss 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  /**
   * An index.
   *
   * @param size its size in bytes
   * @param sha256 its digest
   */
  record Entry(long size, Digest sha256) {}

  /**
   * Reads the signed text; digests other than SHA-256 are ignored.
   *
   * @throws FailureException with {@link VerifyCode#INDEX_CHAIN} if it is not a release, has no
   *     SHA-256, or lists a path twice; with {@link VerifyCode#RELEASE_DATE} if its dates cannot be
   *     read
   */
  public static Release parse(String text) {
    Deb822 fields = Deb822.parse(text, VerifyCode.INDEX_CHAIN::failure);
    List<String[]> rows = fields.rows("SHA256");
    if (rows.isEmpty()) {
      throw VerifyCode.INDEX_CHAIN.failure("it lists no index by SHA-256");
    }
    Map<String, Entry> indexes = new HashMap<>();
    for (String[] row : rows) {
      Entry entry = entry(row);
      Entry other = indexes.put(row[2], entry);
      if (other != null && !other.equals(entry)) {
        throw VerifyCode.INDEX_CHAIN.failure(
            "it lists " + Reasons.excerpt(row[2]) + " with two digests");
      }
    }
    return new Release(
        Stream.of("Suite", "Codename").flatMap(name -> fields.find(name).stream()).toList(),
        fields
            .find("Date")
            .map(date -> instant("Date", date))
            .orElseThrow(() -> VerifyCode.RELEASE_DATE.failure("it has no Date")),
        fields.find("Valid-Until").map(date -> instant("Valid-Until", date)),
        Map.copyOf(indexes));
  }

  private static Entry entry(String[] row) {
    try {
      if (row.length == 3 && row[1].length() <= 18) {
        return new Entry(Long.parseUnsignedLong(row[1]), new Digest(row[0]));
      }
    } catch (IllegalArgumentException e) {
      // Said below, for every kind of malformed row.
    }
    throw VerifyCode.INDEX_CHAIN.failure(
        "not a digest, size and path: " + Reasons.excerpt(String.join(" ", row)));
  }

  private static Instant instant(String field, String date) {
    try {
      return Instant.from(DATE.parse(date));
    } catch (DateTimeException e) {
      throw VerifyCode.RELEASE_DATE.failure("its " + field + " is " + Reasons.excerpt(date));
    }
  }

  /**
   * Checks that this is the right suite, and that it is current.
   *
   * @param lastSeen the date of the newest one accepted before
   * @throws FailureException with {@link VerifyCode#INDEX_CHAIN} or {@link VerifyCode#RELEASE_DATE}
   */
  void check(String suite, Instant now, Optional<Instant> lastSeen) {
    if (!names.contains(suite)) {
      throw VerifyCode.INDEX_CHAIN.failure(
          "it is for the suite " + Reasons.excerpt(String.join(", ", names)));
    }
    if (date.isAfter(now.plus(SignatureVerifier.TOLERANCE))) {
      throw VerifyCode.RELEASE_DATE.failure("its Date " + date + " is in the future");
    }
    if (validUntil.isPresent() && validUntil.get().isBefore(now)) {
      throw VerifyCode.RELEASE_DATE.failure(
          "it was valid until " + validUntil.get() + ", which has passed");
    }
    if (lastSeen.isPresent() && date.isBefore(lastSeen.get())) {
      throw VerifyCode.RELEASE_DATE.failure(
          "its Date " + date + " is older than that of one already seen, " + lastSeen.get());
    }
  }
}
