package io.github.prosodyoci.fetch.http;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;

/** How long a server asks to wait (RFC 9110, section 10.2.3). */
final class RetryAfter {

  private static final Pattern SECONDS = Pattern.compile("[0-9]+");
  private static final int MANY_DIGITS = 9;
  private static final Duration VERY_LONG = Duration.ofSeconds(999_999_999);

  private RetryAfter() {}

  /**
   * Returns what the header says. A date counts from the server's own {@code Date}, so that this
   * machine's clock does not matter. A malformed value is ignored.
   */
  static Optional<Duration> of(HttpHeaders headers) {
    String value = headers.firstValue("retry-after").orElse("").strip();
    if (SECONDS.matcher(value).matches()) {
      return Optional.of(
          value.length() > MANY_DIGITS ? VERY_LONG : Duration.ofSeconds(Long.parseLong(value)));
    }
    Optional<Instant> until = date(value);
    Optional<Instant> now = headers.firstValue("date").flatMap(RetryAfter::date);
    if (until.isEmpty() || now.isEmpty()) {
      return Optional.empty();
    }
    Duration wait = Duration.between(now.get(), until.get());
    return wait.isNegative() ? Optional.empty() : Optional.of(wait);
  }

  private static Optional<Instant> date(String value) {
    try {
      return Optional.of(DateTimeFormatter.RFC_1123_DATE_TIME.parse(value, Instant::from));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
