package io.github.prosodyoci.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.verify.EvidenceResult.Outcome;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class VerificationPageTest {

  private static final Digest DIGEST = Digest.of(new byte[0]);
  private static final String SIGNER = "0123456789ABCDEF".repeat(2) + "01234567";

  private static VerifyResult verification(String text) {
    EvidenceResult weak =
        new EvidenceResult(
            "signature", text, Outcome.WEAK, SIGNER, text, text, text, Map.of(), List.of(text));
    EvidenceResult strong =
        new EvidenceResult(
            "debian-archive",
            text,
            Outcome.SUFFICIENT,
            SIGNER,
            text,
            "2024-01-01T00:00:00Z",
            "RSA-4096, SHA-256",
            Map.of("sha1-self-signature", text, "no-key-flags", text),
            List.of());
    EvidenceResult none =
        EvidenceResult.without("pinned-only", "file", Outcome.WAIVED, "no signature exists");
    return new VerifyResult(
        VerifyResult.SCHEMA,
        DIGEST,
        List.of(
            new VerifyResult.Entry(
                text, text, DIGEST, 1_234_567, text, "trusted", null, List.of(weak, strong)),
            new VerifyResult.Entry(
                "r", "pinned.tar", DIGEST, 1, "store", "trusted", text, List.of(none))));
  }

  private static Document parsed(String page) {
    String xml = page.replace("<!DOCTYPE html>", "").replaceAll("<(meta|br)([^>]*)>", "<$1$2/>");
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    } catch (Exception e) {
      throw new AssertionError(page, e);
    }
  }

  private static List<String> elements(Document page) {
    List<String> names = new ArrayList<>();
    NodeList all = page.getElementsByTagName("*");
    for (int i = 0; i < all.getLength(); i++) {
      Element element = (Element) all.item(i);
      names.add(element.getTagName() + element.getAttributes().getLength());
    }
    return names;
  }

  @Test
  void of_report_tellsWhatItHolds() {
    String text =
        parsed(VerificationPage.of(verification("some text")))
            .getDocumentElement()
            .getTextContent();

    assertThat(text)
        .contains("2 files may be trusted")
        .contains("1 by strong evidence, 1 by the pinned digest alone")
        .contains(DIGEST.hex())
        .contains("1,234,567 bytes")
        .contains("0123 4567 89AB CDEF 0123 4567 89AB CDEF 0123 4567")
        .contains("debian-archive sufficient")
        .contains("signature weak")
        .contains("sha1-self-signature: some text")
        .contains("no signature exists");
  }

  /** Whatever the text, the page has the same elements, and the text shows as it is. */
  @Property(tries = 200)
  void of_anyText_isOnlyText(@ForAll String text) {
    Document page = parsed(VerificationPage.of(verification(text)));

    assertThat(elements(page)).isEqualTo(elements(parsed(VerificationPage.of(verification("x")))));
  }

  @Test
  void of_markupInAllTexts_showsAsText() {
    String attack = "\"'><script>alert(1)</script>&lt;\u202Etxt\u0000";

    String page = VerificationPage.of(verification(attack));

    assertThat(page).doesNotContain("<script").doesNotContain("\u202E").doesNotContain("\u0000");
    assertThat(parsed(page).getDocumentElement().getTextContent())
        .contains("\"'><script>alert(1)</script>&lt;\uFFFDtxt\uFFFD");
  }

  @Test
  void of_anyReport_needsNothingFromElsewhere() {
    String page = VerificationPage.of(verification("https://example.org/x.tar"));

    assertThat(page)
        .doesNotContain("src=")
        .doesNotContain("url(")
        .doesNotContain("@import")
        .doesNotContain("<link")
        .contains("default-src 'none'");
    assertThat(page.replaceAll("href=\"#f\\d+\"", "")).doesNotContain("href=");
  }

  @Test
  void writePage_otherLocale_givesTheSameBytes(@TempDir Path folder) throws IOException {
    VerifyResult verification = verification("x");
    Path one = folder.resolve("one.html");
    Path two = folder.resolve("two.html");
    Locale before = Locale.getDefault();

    verification.writePage(one);
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG"));
      verification.writePage(two);
    } finally {
      Locale.setDefault(before);
    }

    assertThat(two).hasSameBinaryContentAs(one);
    assertThat(Files.readString(one)).startsWith("<!DOCTYPE html>\n").endsWith("</html>\n");
  }
}
