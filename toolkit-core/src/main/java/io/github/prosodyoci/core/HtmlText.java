package io.github.prosodyoci.core;

import org.jspecify.annotations.Nullable;

/** Text from elsewhere in pages of HTML. */
public final class HtmlText {

  private HtmlText() {}

  /**
   * Returns a text that is nothing but text in HTML, in an element or an attribute. Characters that
   * are invisible or turn text around are replaced.
   *
   * @param text null counts as empty
   */
  public static String escaped(@Nullable String text) {
    if (text == null) {
      return "";
    }
    StringBuilder safe = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.appendCodePoint(isShown(c) ? c : 0xFFFD);
              }
            });
    return safe.toString();
  }

  /** Returns whether a character shows as itself. */
  private static boolean isShown(int c) {
    int type = Character.getType(c);
    return type != Character.CONTROL
        && type != Character.FORMAT
        && type != Character.SURROGATE
        && type != Character.UNASSIGNED;
  }
}
