package io.github.prosodyoci.verify.debian;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.verify.VerifyCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A stanza of Debian control data (Debian policy, section 5.1). A field given twice is refused. */
public final class Deb822 {

  private final Map<String, StringBuilder> fields = new LinkedHashMap<>();

  private Deb822() {}

  /**
   * Reads a text that is one stanza.
   *
   * @throws FailureException with {@link VerifyCode#INDEX_CHAIN} if it is not
   */
  public static Deb822 parse(String text) {
    Deb822 stanza = new Deb822();
    StringBuilder last = null;
    boolean ended = false;
    for (String line : text.split("\n", -1)) {
      if (line.isEmpty()) {
        ended = !stanza.fields.isEmpty();
        continue;
      }
      if (ended) {
        throw malformed("it has more than one stanza");
      }
      if (line.charAt(0) == ' ' || line.charAt(0) == '\t') {
        if (last == null) {
          throw malformed("it starts with a continued line");
        }
        last.append('\n').append(line.strip());
      } else {
        int colon = line.indexOf(':');
        if (colon < 1) {
          throw malformed("not a field: " + Reasons.excerpt(line));
        }
        last = new StringBuilder(line.substring(colon + 1).strip());
        String name = line.substring(0, colon);
        if (stanza.fields.put(name.toLowerCase(Locale.ROOT), last) != null) {
          throw malformed("the field " + Reasons.excerpt(name) + " is given twice");
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

  private static FailureException malformed(String reason) {
    return VerifyCode.INDEX_CHAIN.failure(reason);
  }
}
