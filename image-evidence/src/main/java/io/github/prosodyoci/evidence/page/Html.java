package io.github.prosodyoci.evidence.page;

import io.github.prosodyoci.core.HtmlText;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes HTML. What is called text is escaped; what is called HTML is not. */
final class Html {

  private final StringBuilder html = new StringBuilder();
  private List<String> columns = List.of();

  /** Adds HTML. */
  Html raw(String part) {
    html.append(part);
    return this;
  }

  /** Adds text. */
  Html text(@Nullable String text) {
    html.append(HtmlText.escaped(text));
    return this;
  }

  /** Adds a heading that can be linked to. */
  Html heading(String id, String title) {
    return raw("<h2 id=\"" + id + "\">").text(title).raw("</h2>\n");
  }

  /** Adds a paragraph of text. */
  Html paragraph(String text) {
    return raw("<p>").text(text).raw("</p>\n");
  }

  /** Adds a name and a value, which is HTML. */
  Html row(String name, String value) {
    return raw("<dt>").text(name).raw("</dt><dd>" + value + "</dd>\n");
  }

  /** Begins a table, which becomes a list on a narrow screen. */
  Html table(List<String> names) {
    columns = List.copyOf(names);
    raw("<div class=\"scroll\"><table class=\"stack\">\n<thead><tr>");
    columns.forEach(column -> raw("<th>").text(column).raw("</th>"));
    return raw("</tr></thead>\n<tbody>\n");
  }

  /** Adds a row of cells, which are HTML. */
  Html cells(String... cells) {
    raw("<tr>");
    for (int i = 0; i < cells.length; i++) {
      // What a narrow screen shows instead of the head.
      raw("<td data-label=\"" + of(columns.get(i)) + "\">" + cells[i] + "</td>");
    }
    return raw("</tr>\n");
  }

  /** Ends a table. */
  Html endTable() {
    return raw("</tbody>\n</table></div>\n");
  }

  /** Returns text as HTML. */
  static String of(@Nullable String text) {
    return HtmlText.escaped(text);
  }

  /** Returns text as HTML in a type in which all characters are equally wide. */
  static String code(@Nullable String text) {
    return "<code>" + HtmlText.escaped(text) + "</code>";
  }

  /** Returns a link, if the address is one of the web; or else the text alone. */
  static String link(@Nullable String address, String text) {
    return address != null && (address.startsWith("https://") || address.startsWith("http://"))
        ? "<a href=\"" + of(address) + "\" rel=\"noreferrer\">" + of(text) + "</a>"
        : of(text);
  }

  /** Returns a size for people. */
  static String size(long bytes) {
    return bytes < 1_000_000
        ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
        : String.format(Locale.ROOT, "%.2f MB", bytes / 1e6);
  }

  @Override
  public String toString() {
    return html.toString();
  }
}
