package io.github.prosodyoci.image;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** SPDX licence expressions (SPDX 3.0, annex B), joined to one that covers all of an image. */
public final class LicenseExpression {

  private static final String ID = "[A-Za-z0-9.-]+(?::[A-Za-z0-9.-]+)?\\+?";
  private static final Pattern WORDS =
      Pattern.compile(ID + "(?: WITH " + ID + ")?(?: (?:AND|OR) " + ID + "(?: WITH " + ID + ")?)*");

  /** What packagers write where no listed licence fits. */
  private static final Set<String> NO_LICENCE =
      Set.of("custom", "none", "other", "proprietary", "public-domain", "unknown");

  private LicenseExpression() {}

  /**
   * Returns the expression that requires all of some expressions: sorted, each part once. Parts
   * that offer a choice are put in parentheses.
   *
   * @return nothing if there are none, or one of them is not an SPDX expression
   */
  public static Optional<String> all(Collection<? extends @Nullable String> expressions) {
    SortedSet<String> parts = new TreeSet<>();
    for (String expression : expressions) {
      if (expression == null || !isExpression(expression)) {
        return Optional.empty();
      }
      if (expression.contains("(") || expression.contains(" OR ")) {
        parts.add("(" + expression + ")");
      } else {
        parts.addAll(Set.of(expression.split(" AND ")));
      }
    }
    return parts.isEmpty() ? Optional.empty() : Optional.of(String.join(" AND ", parts));
  }

  private static boolean isExpression(String text) {
    String flat = text;
    // The innermost parentheses become an identifier, until none are left.
    for (String outer = flatten(flat); !outer.equals(flat); outer = flatten(flat)) {
      flat = outer;
    }
    return WORDS.matcher(flat).matches()
        && Pattern.compile("[ ()]+")
            .splitAsStream(text.toLowerCase(Locale.ROOT))
            .noneMatch(NO_LICENCE::contains);
  }

  private static String flatten(String text) {
    return text.replaceFirst("\\((" + WORDS + ")\\)", "x");
  }
}
