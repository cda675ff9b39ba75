package io.github.prosodyoci.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.image.ImageCode;
import io.github.prosodyoci.image.ImageReport;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

final class PageWriterTest {

  @TempDir private Path folder;

  private DocumentsResult write(Fixture fixture) {
    return new PageWriter(line -> {})
        .write(new PageRequest(fixture.request(), folder.resolve("image.html")));
  }

  private String page() throws IOException {
    return Files.readString(folder.resolve("image.html"));
  }

  /** Returns the page as a tree, which fails if an element is not closed. */
  private static Document parsed(String page) throws Exception {
    String body = page.substring(page.indexOf("<body>")).replace("</html>", "");
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(body)));
  }

  @Test
  void write_page_showsPackagesSignersAnswersLicencesAndConfiguration() throws Exception {
    Fixture fixture = new Fixture(folder);
    ImageReport image = fixture.make();

    write(fixture);

    String text = parsed(page()).getDocumentElement().getTextContent();
    assertThat(text)
        .contains(image.digest().toString())
        .contains("2 of 3")
        .contains("pinned only")
        .contains("Jo <jo@tls.example>")
        .contains("3known vulnerabilities answered, 1 open")
        .containsSubsequence("CVE-2026-77", "CVE-2026-9", "CVE-2026-10001")
        .contains("MIT OR GPL-2.0-only")
        .contains("100:101")
        .contains("5222/tcp")
        .contains("cosign verify --key");
    assertThat(parsed(page()).getElementsByTagName("script").getLength()).isZero();
  }

  @Test
  void write_page_loadsNothing() throws Exception {
    Fixture fixture = new Fixture(folder);
    fixture.make();

    write(fixture);

    assertThat(page())
        .contains("Content-Security-Policy\" content=\"default-src 'none'")
        .doesNotContainPattern(
            Pattern.compile("(?i)\\bsrc=|@import|url\\(|<link|<iframe|\\son\\w+="));
  }

  @Test
  void write_hostileNames_areShownAsText() throws Exception {
    Fixture fixture = new Fixture(folder);
    String hostile = "<script>alert(1)</script>\"'&";
    fixture
        .with(
            "lib/apk/db/installed",
            Fixture.DATABASE
                .replace("T:A server", "T:" + hostile)
                .replace("L:MIT OR GPL-2.0-only", "L:" + hostile)
                .replace("U:https://server.example/", "U:javascript:alert(1)"))
        .make();

    write(fixture);

    Document page = parsed(page());
    assertThat(page.getElementsByTagName("script").getLength()).isZero();
    assertThat(page.getDocumentElement().getTextContent()).contains(hostile);
    assertThat(page()).doesNotContain("href=\"javascript:");
  }

  @Test
  void write_again_isUpToDate() throws Exception {
    Fixture fixture = new Fixture(folder);
    fixture.make();

    assertThat(write(fixture).upToDate()).isFalse();
    assertThat(write(fixture).upToDate()).isTrue();
    Files.delete(folder.resolve("image.html"));
    assertThat(write(fixture).upToDate()).isFalse();
  }

  @Test
  void write_archiveGone_saysSo() throws Exception {
    Fixture fixture = new Fixture(folder);
    fixture.make();
    Files.delete(folder.resolve("server.tar"));

    FailureException refused = catchThrowableOfType(FailureException.class, () -> write(fixture));

    assertThat(refused.failureCode()).isEqualTo(ImageCode.NO_ARCHIVE);
    assertThat(folder.resolve("image.html")).doesNotExist();
  }
}
