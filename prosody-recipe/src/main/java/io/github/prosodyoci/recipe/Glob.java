package io.github.prosodyoci.recipe;

import java.util.regex.Pattern;

/**
 * A pattern for paths below the installation root: {@code **} stands for any number of folders,
 * {@code *} and {@code ?} for anything within one name, and <code>{a,b}</code> for either word.
 *
 * @param text the pattern as written
 * @param regex the same as a regular expression
 */
public record Glob(String text, Pattern regex) {

  /** Returns the glob that a text describes; a leading {@code /} is passed over. */
  public static Glob of(String text) {
    return new Glob(text, Pattern.compile(regex(text.startsWith("/") ? text.substring(1) : text)));
  }

  /** Returns whether a path without a leading {@code /} matches. */
  public boolean matches(String path) {
    return regex.matcher(path).matches();
  }

  private static String regex(String glob) {
    StringBuilder result = new StringBuilder();
    int i = 0;
    while (i < glob.length()) {
      char c = glob.charAt(i);
      if (glob.startsWith("**/", i)) {
        result.append("(?:.*/)?");
        i += 3;
      } else if (glob.startsWith("**", i)) {
        result.append(".*");
        i += 2;
      } else if (c == '{' && glob.indexOf('}', i) > 0) {
        int end = glob.indexOf('}', i);
        result.append("(?:");
        String separator = "";
        for (String word : glob.substring(i + 1, end).split(",", -1)) {
          result.append(separator).append(Pattern.quote(word));
          separator = "|";
        }
        result.append(')');
        i = end + 1;
      } else {
        result.append(c == '*' ? "[^/]*" : c == '?' ? "[^/]" : Pattern.quote(String.valueOf(c)));
        i++;
      }
    }
    return result.toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Glob glob && text.equals(glob.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
