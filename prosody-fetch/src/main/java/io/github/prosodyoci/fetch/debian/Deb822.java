package io.github.prosodyoci.fetch.debian;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Reasons;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A stanza of Debian control data (Debian policy, section 5.1). A field given twice is refused. */
public final class Deb822 {

  private final Map<String, StringBuilder> fields = new LinkedHashMap<>();

  private Deb822() {}

  /**
   * Reads a text that is one stanza.
   *
   * @param malformed returns the exception for a text that is not, given what is wrong
   * @throws FailureException that {@code malformed} returns
   */
  public static Deb822 parse(String text, Function<String, FailureException> malformed) {
    Deb822 stanza = new Deb822();
    StringBuilder last = null;
    boolean ended = false;
    for (String line : text.split("\n", -1)) {
      if (line.isEmpty()) {
        ended = !stanza.fields.isEmpty();
        continue;
      }
      if (ended) {
        throw malformed.apply("it has more than one stanza");
      }
      if (line.charAt(0) == ' ' || line.charAt(0) == '\t') {
        if (last == null) {
          throw malformed.apply("it starts with a continued line");
        }
        last.append('\n').append(line.strip());
      } else {
        int colon = line.indexOf(':');
        if (colon < 1) {
          throw malformed.apply("not a field: " + Reasons.excerpt(line));
        }
        last = new StringBuilder(line.substring(colon + 1).strip());
        String name = line.substring(0, colon);
        if (stanza.fields.put(name.toLowerCase(Locale.ROOT), last) != null) {
          throw malformed.apply("the field " + Reasons.excerpt(name) + " is given twice");
        }
      }
    }
    return stanza;
  }

  /** Returns a field's text; its continued lines follow after {@code \n}. */
  public Optional<String> find(String field) {
    return Optional.ofNullable(fields.get(field.toLowerCase(Locale.ROOT)))
        .map(StringBuilder::toString);
  }

  /** Returns the continued lines of a field, split at white space. */
  public List<String[]> rows(String field) {
    return find(field).stream()
        .flatMap(String::lines)
        .filter(line -> !line.isEmpty())
        .map(line -> line.split("\\s+"))
        .toList();
  }
}
