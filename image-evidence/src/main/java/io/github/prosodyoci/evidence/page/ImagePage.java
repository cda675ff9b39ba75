package io.github.prosodyoci.evidence.page;

import io.github.prosodyoci.core.archive.Layer;
import io.github.prosodyoci.evidence.input.ImageFile;
import io.github.prosodyoci.evidence.input.PackagesJson.Statement;
import io.github.prosodyoci.evidence.input.VerificationJson;
import io.github.prosodyoci.evidence.inventory.Component;
import io.github.prosodyoci.evidence.inventory.Inventory;
import io.github.prosodyoci.evidence.inventory.Subject;
import io.github.prosodyoci.evidence.vex.VexWriter;
import io.github.prosodyoci.evidence.vex.VexWriter.Answer;
import io.github.prosodyoci.image.oci.OciDocuments.Run;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes a page about an image, in one file without scripts or anything from elsewhere. The same
 * image has the same page.
 */
public final class ImagePage {

  private static final int COLOURS = 6;

  /** Of a map that is 100 high: between that of a desk and that of a phone. */
  private static final double MAP_WIDTH = 150;

  private final Inventory inventory;
  private final VerificationJson verified;
  private final @Nullable Run config;
  private final Html html = new Html();

  private ImagePage(Inventory inventory, VerificationJson verified, @Nullable Run config) {
    this.inventory = inventory;
    this.verified = verified;
    this.config = config;
  }

  /** Returns the page. */
  public static String of(Inventory inventory, VerificationJson verified, @Nullable Run config) {
    return new ImagePage(inventory, verified, config).page();
  }

  private String page() {
    Subject image = inventory.image();
    html.raw(head().replace("@TITLE@", Html.of(image.name() + " " + image.version())));
    html.raw("<h1>").text(image.name() + " " + image.version()).raw("</h1>\n");
    html.raw(
        "<nav><a href=\"#packages\">Packages</a> <a href=\"#sources\">Sources</a> <a"
            + " href=\"#vulnerabilities\">Vulnerabilities</a> <a href=\"#licences\">Licences</a> <a"
            + " href=\"#configuration\">Configuration</a> <a href=\"#verify\">Verify</a></nav>\n");
    cards();
    html.raw("<dl>\n")
        .row("Digest", Html.code(image.digest().toString()))
        .row("Platform", Html.of(image.platform().toString()))
        .row("Supplier", Html.of(image.supplier()))
        .raw("</dl>\n");
    map();
    layers();
    packages();
    sources();
    vulnerabilities();
    licences();
    configuration();
    new VerifySection(image).addTo(html);
    return html.raw("</body>\n</html>\n").toString();
  }

  private static String head() {
    try (InputStream in = ImagePage.class.getResourceAsStream("head.html")) {
      if (in == null) {
        throw new IllegalStateException("The resource head.html is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void cards() {
    long compressed = inventory.layers().stream().mapToLong(Layer::size).sum();
    List<Answer> answers = VexWriter.answers(inventory);
    long affected = answers.stream().filter(ImagePage::isAffected).count();
    long signed = verified.sources().stream().filter(s -> !s.isPinnedOnly()).count();
    html.raw("<div class=\"cards\">\n");
    card(Html.size(compressed), "compressed, in " + inventory.layers().size() + " layers");
    card(String.valueOf(inventory.packages().size()), "packages");
    card(signed + " of " + verified.sources().size(), "sources with signatures that suffice");
    card(String.valueOf(answers.size()), "known vulnerabilities answered, " + affected + " open");
    html.raw("</div>\n");
  }

  private void card(String number, String text) {
    html.raw("<div class=\"card\"><b>").text(number).raw("</b><span>").text(text);
    html.raw("</span></div>\n");
  }

  private static boolean isAffected(Answer answer) {
    return answer.statement().status().equals("affected");
  }

  /** A piece of the map. */
  private record Piece(String name, long size, int layer) {}

  private void map() {
    List<Piece> pieces = new ArrayList<>();
    for (Component each : inventory.packages()) {
      int layer = inventory.layers().indexOf(each.layer());
      pieces.add(new Piece(each.installed().name(), each.size(), layer));
    }
    Map<Integer, Long> rest =
        inventory.ownFiles().stream()
            .collect(
                Collectors.groupingBy(
                    ImageFile::layer, TreeMap::new, Collectors.summingLong(ImageFile::size)));
    rest.forEach((layer, size) -> pieces.add(new Piece("other files", size, layer)));
    List<Treemap.Tile<Piece>> tiles =
        Treemap.of(
            pieces.stream().map(each -> new Treemap.Item<>(each, each.size())).toList(),
            MAP_WIDTH,
            100);
    html.heading("map", "What takes the space");
    html.paragraph("Packages by the size of their files before compression.");
    html.raw("<div class=\"map\" role=\"img\" aria-label=\"Packages by size\">\n");
    for (Treemap.Tile<Piece> tile : tiles) {
      String label = tile.thing().name() + ", " + Html.size(tile.thing().size());
      html.raw(
              String.format(
                  Locale.ROOT,
                  "<div class=\"l%d\" style=\"left:%.3f%%;top:%.3f%%;width:%.3f%%;height:%.3f%%\" "
                      + "title=\"%s\">",
                  tile.thing().layer() % COLOURS,
                  percent(tile.x()),
                  tile.y(),
                  percent(tile.width()),
                  tile.height(),
                  Html.of(label)))
          .text(percent(tile.width()) > 5 && tile.height() > 4 ? tile.thing().name() : "");
      if (percent(tile.width()) > 8 && tile.height() > 9) {
        html.raw("<small>").text(Html.size(tile.thing().size())).raw("</small>");
      }
      html.raw("</div>\n");
    }
    html.raw("</div>\n<p class=\"key\">");
    for (int i = 0; i < inventory.layers().size(); i++) {
      html.raw("<span><i class=\"l" + i % COLOURS + "\"></i>");
      html.text(inventory.layers().get(i).name()).raw("</span>");
    }
    html.raw("</p>\n");
  }

  private static double percent(double width) {
    return width * 100 / MAP_WIDTH;
  }

  private void layers() {
    html.heading("layers", "Layers").table(List.of("Layer", "Compressed", "Digest"));
    for (Layer each : inventory.layers()) {
      html.cells(Html.of(each.name()), Html.size(each.size()), Html.code(each.digest().toString()));
    }
    html.endTable();
  }

  private void packages() {
    html.heading("packages", "Packages");
    html.table(List.of("Package", "Version", "Licence", "Layer", "Size", "Patches"));
    for (Component each : inventory.packages()) {
      html.cells(
          Html.link(each.installed().url(), each.installed().name()),
          Html.of(each.installed().version()),
          Html.of(each.installed().license()),
          Html.of(each.layer().name()),
          Html.size(each.size()),
          each.recipe().map(recipe -> patches(recipe.patches().size())).orElse("not built here"));
    }
    html.endTable();
  }

  private static String patches(int number) {
    return number == 0 ? "" : number == 1 ? "1 patch" : number + " patches";
  }

  private void sources() {
    html.heading("sources", "Who signed the sources");
    if (verified.sources().isEmpty()) {
      html.paragraph("This build verified no sources.");
      return;
    }
    html.paragraph(
        "Every source has the SHA-256 that is pinned for it; this is what speaks for it beside"
            + " that.");
    html.table(List.of("Source", "For", "Evidence", "Signer", "Signed"));
    for (VerificationJson.Source each : verified.sources()) {
      VerificationJson.Proof proof =
          each.evidence().stream()
              .filter(found -> found.outcome().equals("sufficient"))
              .findFirst()
              .orElse(null);
      html.cells(
          Html.of(each.file()),
          Html.of(each.recipe()),
          proof == null
              ? "<span class=\"weak\">pinned only</span>"
              : "<span class=\"good\">" + Html.of(proof.kind()) + "</span>",
          proof == null ? Html.of(each.waiver()) : Html.of(proof.userId()),
          proof == null || proof.signedAt() == null
              ? ""
              : "<time>" + Html.of(proof.signedAt().replaceFirst("T.*", "")) + "</time>");
    }
    html.endTable();
  }

  private void vulnerabilities() {
    html.heading("vulnerabilities", "Known vulnerabilities");
    List<Answer> answers = VexWriter.answers(inventory);
    if (answers.isEmpty()) {
      html.paragraph("The packages' recipes state none.");
      return;
    }
    html.table(List.of("Vulnerability", "Packages", "Answer", "Why"));
    List<Answer> sorted = new ArrayList<>(answers.stream().filter(ImagePage::isAffected).toList());
    answers.stream().filter(each -> !isAffected(each)).forEach(sorted::add);
    for (Answer each : sorted) {
      Statement statement = each.statement();
      html.cells(
          Html.link("https://nvd.nist.gov/vuln/detail/" + statement.cve(), statement.cve()),
          Html.of(
              each.packages().stream()
                  .map(part -> part.installed().name())
                  .collect(Collectors.joining(", "))),
          "<span class=\""
              + (isAffected(each) ? "bad" : "good")
              + "\">"
              + Html.of(statement.status().replace('-', ' '))
              + "</span>",
          Html.of(statement.note()));
    }
    html.endTable();
  }

  private void licences() {
    html.heading("licences", "Licences").table(List.of("Licence", "Packages"));
    TreeMap<String, List<String>> byLicence = new TreeMap<>();
    for (Component each : inventory.packages()) {
      byLicence
          .computeIfAbsent(each.installed().license(), key -> new ArrayList<>())
          .add(each.installed().name());
    }
    byLicence.forEach(
        (licence, names) -> html.cells(Html.of(licence), Html.of(String.join(", ", names))));
    html.endTable();
  }

  private void configuration() {
    html.heading("configuration", "Configuration").raw("<dl>\n");
    RunFields.of(config).forEach((name, value) -> html.row(name, Html.code(value)));
    html.raw("</dl>\n");
  }
}
