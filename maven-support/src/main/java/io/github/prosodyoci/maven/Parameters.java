package io.github.prosodyoci.maven;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.OutputTimestamp;
import io.github.prosodyoci.core.Platform;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads parameters of goals. */
public final class Parameters {

  /** Maven's property for the time of everything that a build makes. */
  static final String OUTPUT_TIMESTAMP = "project.build.outputTimestamp";

  private Parameters() {}

  /** Returns what a parameter says; empty if it is not set, or blank. */
  public static Optional<String> text(@Nullable String value) {
    return Optional.ofNullable(value).map(String::strip).filter(text -> !text.isEmpty());
  }

  /**
   * Returns what a parameter means.
   *
   * @param name the parameter as users know it: its property, or its element in the POM
   * @param parser throws an {@link IllegalArgumentException} if the value cannot be used
   * @throws FailureException if the value cannot be used ({@code configuration})
   */
  public static <T> T parse(String name, String value, Function<String, T> parser) {
    try {
      return parser.apply(value.strip());
    } catch (IllegalArgumentException e) {
      throw unusable(name, value, e);
    }
  }

  /**
   * Returns a number that has to be positive.
   *
   * @param name the parameter as users know it
   * @throws FailureException if it is not ({@code configuration})
   */
  public static int positive(String name, int value) {
    return parse(
        name,
        String.valueOf(value),
        text -> {
          if (value < 1) {
            throw new IllegalArgumentException("it is not positive");
          }
          return value;
        });
  }

  /**
   * Returns the platforms that a parameter names, each once, in the order of {@link Platform}.
   *
   * @param values platforms, or {@code all}; if there are none, the machine's platform is meant
   * @param osArch the architecture of the machine, as the system property {@code os.arch}
   * @throws FailureException if one is none of ours ({@code configuration})
   */
  public static List<Platform> platforms(List<String> values, String osArch) {
    Set<Platform> wanted = EnumSet.noneOf(Platform.class);
    for (String value : values) {
      // Maven gives null for an empty element.
      String text = text(value).orElse("");
      if (text.equals("all")) {
        wanted.addAll(EnumSet.allOf(Platform.class));
      } else if (!text.isEmpty()) {
        wanted.add(parse("prosodyoci.platforms", text, Platform::parse));
      }
    }
    return wanted.isEmpty()
        ? List.of(Platform.ofMachine(osArch).orElse(Platform.LINUX_AMD64))
        : List.copyOf(wanted);
  }

  /**
   * Returns the one time that everything carries that the build makes.
   *
   * @throws FailureException if none is set, or it is no time ({@code configuration})
   */
  public static Instant outputTimestamp(@Nullable String value) {
    // Maven takes a single character for "none" (maven-archiver, "Reproducible Builds").
    String text =
        text(value)
            .filter(set -> set.length() > 1 || Character.isDigit(set.charAt(0)))
            .orElseThrow(
                () ->
                    Failure.of(CommonCode.CONFIGURATION, "use", OUTPUT_TIMESTAMP, "it is not set")
                        .expecting("a time that is the same for every build")
                        .advising(
                            "Set the property in the POM, as <"
                                + OUTPUT_TIMESTAMP
                                + ">2026-11-01T00:00:00Z</"
                                + OUTPUT_TIMESTAMP
                                + ">.")
                        .toException());
    return parse(OUTPUT_TIMESTAMP, text, OutputTimestamp::parse);
  }

  private static FailureException unusable(
      String name, String value, IllegalArgumentException cause) {
    String reason = String.valueOf(cause.getMessage());
    return Failure.of(
            CommonCode.CONFIGURATION,
            "use",
            name + "=" + value,
            reason.endsWith(".") ? reason.substring(0, reason.length() - 1) : reason)
        .advising("Correct it.")
        .toException(cause);
  }
}
