package io.github.prosodyoci.verify;

import io.github.prosodyoci.core.HtmlText;
import io.github.prosodyoci.verify.EvidenceResult.Outcome;
import io.github.prosodyoci.verify.VerifyResult.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code target/verification.html}: the report for people, in one file without scripts or
 * external resources. All that comes from outside is escaped; the same report gives the same bytes.
 */
final class VerificationPage {

  private static final String HEAD = "verification-head.html";

  private final StringBuilder html = new StringBuilder(head());

  private VerificationPage() {}

  private static String head() {
    try (InputStream in = VerificationPage.class.getResourceAsStream(HEAD)) {
      if (in == null) {
        throw new IllegalStateException("The resource " + HEAD + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the page of a report. */
  static String of(VerifyResult verification) {
    VerificationPage page = new VerificationPage();
    page.summary(verification);
    int number = 0;
    for (Entry entry : verification.sources()) {
      page.source(entry, ++number);
    }
    page.html.append("</body>\n</html>\n");
    return page.html.toString();
  }

  private void summary(VerifyResult verification) {
    long pinned = verification.sources().stream().filter(Entry::isPinnedOnly).count();
    int all = verification.sources().size();
    html.append("<h1>Verification of sources</h1>\n<p>")
        .append(all)
        .append(all == 1 ? " file" : " files")
        .append(" may be trusted: each has the SHA-256 that was pinned for it. ")
        .append(all - pinned)
        .append(" by strong evidence, ")
        .append(pinned)
        .append(" by the pinned digest alone.</p>\n<table>\n<thead><tr><th>File</th><th>Strength")
        .append("</th><th>Signer</th><th>Signed</th></tr></thead>\n<tbody>\n");
    int number = 0;
    for (Entry entry : verification.sources()) {
      EvidenceResult decisive = entry.decisive();
      html.append("<tr><td><a href=\"#f")
          .append(++number)
          .append("\">")
          .append(HtmlText.escaped(entry.file()))
          .append("</a></td><td>")
          .append(strength(entry))
          .append("</td><td>")
          .append(HtmlText.escaped(entry.isPinnedOnly() ? entry.waiver() : decisive.userId()))
          .append("</td><td>")
          .append(HtmlText.escaped(day(decisive.signedAt())))
          .append("</td></tr>\n");
    }
    html.append(
            "</tbody>\n</table>\n<p>This depends on sources, evidence and certificates with the")
        .append(" digest ")
        .append(code(verification.inputs().toString()))
        .append(".</p>\n");
  }

  private static String strength(Entry entry) {
    return entry.isPinnedOnly()
        ? "<span class=\"waiver\">pinned only</span>"
        : "<span class=\"good\">strong</span>";
  }

  private void source(Entry entry, int number) {
    html.append("<section id=\"f")
        .append(number)
        .append("\">\n<h2>")
        .append(HtmlText.escaped(entry.file()))
        .append("</h2>\n<dl>\n");
    row("Strength", strength(entry));
    row("Recipe", HtmlText.escaped(entry.recipe()));
    row("SHA-256", code(entry.sha256().hex()));
    row("Size", String.format(Locale.ROOT, "%,d bytes", entry.size()));
    row("Origin used", HtmlText.escaped(entry.origin()));
    if (entry.waiver() != null) {
      row("Waiver", "<span class=\"waiver\">" + HtmlText.escaped(entry.waiver()) + "</span>");
    }
    html.append("</dl>\n");
    entry.evidence().forEach(this::evidence);
    html.append("</section>\n");
  }

  private void evidence(EvidenceResult result) {
    html.append("<dl class=\"evidence\">\n");
    String outcome = result.outcome().toString();
    String style = result.outcome() == Outcome.SUFFICIENT ? "good" : outcome;
    row(
        "Evidence",
        HtmlText.escaped(result.kind()) + " <span class=\"" + style + "\">" + outcome + "</span>");
    row("Document", HtmlText.escaped(result.document()));
    if (result.signer() != null) {
      row("Signer", HtmlText.escaped(result.userId()) + "<br>" + code(grouped(result.signer())));
    }
    if (result.signedAt() != null) {
      row("Signed at", HtmlText.escaped(result.signedAt()));
    }
    if (result.algorithm() != null) {
      row("Algorithm", HtmlText.escaped(result.algorithm()));
    }
    if (!result.waivers().isEmpty()) {
      StringBuilder list = new StringBuilder("<ul>");
      new TreeMap<>(result.waivers())
          .forEach(
              (name, reason) ->
                  list.append("<li><span class=\"waiver\">")
                      .append(HtmlText.escaped(name))
                      .append("</span>: ")
                      .append(HtmlText.escaped(reason))
                      .append("</li>"));
      row("Exceptions", list.append("</ul>").toString());
    }
    if (!result.notes().isEmpty()) {
      StringBuilder list = new StringBuilder("<ul>");
      result
          .notes()
          .forEach(note -> list.append("<li>").append(HtmlText.escaped(note)).append("</li>"));
      row("Notes", list.append("</ul>").toString());
    }
    html.append("</dl>\n");
  }

  private void row(String name, String value) {
    html.append("<dt>").append(name).append("</dt><dd>").append(value).append("</dd>\n");
  }

  private static String code(String text) {
    return "<code>" + HtmlText.escaped(text) + "</code>";
  }

  /** Sets a fingerprint in groups of four digits, as people compare them. */
  private static String grouped(String fingerprint) {
    return fingerprint.replaceAll("(.{4})(?!$)", "$1 ");
  }

  private static String day(@Nullable String time) {
    return time == null ? "" : time.replaceAll("T.*", "");
  }
}
