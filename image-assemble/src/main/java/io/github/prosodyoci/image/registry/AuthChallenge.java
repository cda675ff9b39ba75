package io.github.prosodyoci.image.registry;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One challenge of a {@code WWW-Authenticate} header field (RFC 9110, section 11.6.1).
 *
 * @param scheme the scheme in lower case, such as {@code bearer}
 * @param parameters the parameters, by names in lower case
 */
record AuthChallenge(String scheme, Map<String, String> parameters) {

  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  private static final Pattern SCHEME = Pattern.compile("\\s*(" + TOKEN + ")(?:\\s+|$)");
  private static final Pattern PARAMETER =
      Pattern.compile(
          "\\s*("
              + TOKEN
              + ")\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.){0,4096}+)\"|("
              + TOKEN
              + "))\\s*(?:,|$)");

  AuthChallenge {
    parameters = Map.copyOf(parameters);
  }

  /** Returns the first challenge of a scheme in header fields that each hold one challenge. */
  static Optional<AuthChallenge> find(List<String> fields, String scheme) {
    return fields.stream()
        .flatMap(field -> parse(field).stream())
        .filter(challenge -> challenge.scheme().equals(scheme))
        .findFirst();
  }

  /** Returns the challenge of a header field, or nothing if it has another form. */
  private static Optional<AuthChallenge> parse(String field) {
    Matcher scheme = SCHEME.matcher(field);
    if (!scheme.lookingAt()) {
      return Optional.empty();
    }
    Map<String, String> parameters = new TreeMap<>();
    Matcher parameter = PARAMETER.matcher(field).region(scheme.end(), field.length());
    while (parameter.lookingAt()) {
      String quoted = parameter.group(2);
      String value = quoted == null ? parameter.group(3) : quoted.replaceAll("\\\\(.)", "$1");
      parameters.putIfAbsent(parameter.group(1).toLowerCase(Locale.ROOT), value);
      parameter.region(parameter.end(), field.length());
    }
    return Optional.of(new AuthChallenge(scheme.group(1).toLowerCase(Locale.ROOT), parameters));
  }
}
