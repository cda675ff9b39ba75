package io.github.prosodyoci.image;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a container engine finds out that the container works. OCI has no such field; Docker and
 * Podman read it from the image configuration all the same (moby, image/spec/spec.md).
 *
 * @param test the command, first {@code CMD}, {@code CMD-SHELL} or {@code NONE}
 * @param interval time between two checks, or null for the engine's default
 * @param timeout time after which a check has failed, or null for the engine's default
 * @param startPeriod time in which failures do not count, or null for the engine's default
 * @param retries how many failures in a row make the container unhealthy, or null for the engine's
 *     default
 */
public record Healthcheck(
    List<String> test,
    @Nullable Duration interval,
    @Nullable Duration timeout,
    @Nullable Duration startPeriod,
    @Nullable Integer retries) {

  private static final Set<String> KINDS = Set.of("CMD", "CMD-SHELL", "NONE");
  private static final Pattern PART = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

  /**
   * Checks the fields.
   *
   * @throws io.github.prosodyoci.core.FailureException with {@code CONFIGURATION} if the test does
   *     not start with its kind, or retries is not positive
   */
  public Healthcheck {
    test = List.copyOf(test);
    if (test.isEmpty() || !KINDS.contains(test.get(0))) {
      throw ImageCode.badParameter(
          "healthcheck.test", test, "a list that starts with CMD, CMD-SHELL or NONE");
    }
    if (retries != null && retries < 1) {
      throw ImageCode.badParameter("healthcheck.retries", retries, "at least 1");
    }
  }

  /**
   * Returns the duration that a text in Docker's form names, such as {@code 1m30s} or {@code
   * 500ms}.
   *
   * @throws io.github.prosodyoci.core.FailureException with {@code CONFIGURATION} if the text has
   *     another form, or is no time at all
   */
  public static Duration duration(String text) {
    Matcher matcher = PART.matcher(text);
    Duration sum = Duration.ZERO;
    int end = 0;
    while (matcher.find() && matcher.start() == end) {
      sum = sum.plus(part(Long.parseLong(matcher.group(1)), matcher.group(2)));
      end = matcher.end();
    }
    if (end != text.length() || sum.isZero()) {
      throw ImageCode.badParameter("healthcheck", text, "a duration such as 500ms, 30s or 1m30s");
    }
    return sum;
  }

  private static Duration part(long amount, String unit) {
    return switch (unit) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      default -> Duration.ofHours(amount);
    };
  }
}
