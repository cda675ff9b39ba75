package io.github.prosodyoci.compile.split;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a {@code .pc} file says that matters between packages (pc(5)).
 *
 * @param version the version; may be empty
 * @param requires the modules that it needs, such as {@code libcrypto>=3.0}
 */
record PkgConfig(String version, List<String> requires) {

  private static final Pattern LINE = Pattern.compile("\\s*([A-Za-z0-9_.]+)\\s*([:=])\\s*(.*)");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z0-9_.]+)}");
  private static final Pattern MODULE =
      Pattern.compile("([^\\s,<>=!]+)\\s*(?:(<=|>=|=|<|>|!=)\\s*([^\\s,]+))?");

  PkgConfig {
    requires = List.copyOf(requires);
  }

  static PkgConfig parse(String text) {
    Map<String, String> variables = new HashMap<>();
    String version = "";
    List<String> requires = new ArrayList<>();
    for (String line : text.replace("\\\n", " ").split("\n", -1)) {
      Matcher matcher = LINE.matcher(line.replaceFirst("#.*", "").stripTrailing());
      if (!matcher.matches()) {
        continue;
      }
      String value = expanded(matcher.group(3), variables);
      if (matcher.group(2).equals("=")) {
        variables.put(matcher.group(1), value);
      } else if (matcher.group(1).equals("Version")) {
        version = value;
      } else if (matcher.group(1).equals("Requires")
          || matcher.group(1).equals("Requires.private")) {
        Matcher module = MODULE.matcher(value);
        while (module.find()) {
          String operator = module.group(2);
          requires.add(
              operator == null || operator.equals("!=")
                  ? module.group(1)
                  : module.group(1) + operator + module.group(3));
        }
      }
    }
    return new PkgConfig(version, requires);
  }

  private static String expanded(String value, Map<String, String> variables) {
    return VARIABLE
        .matcher(value)
        .replaceAll(match -> Matcher.quoteReplacement(variables.getOrDefault(match.group(1), "")));
  }
}
