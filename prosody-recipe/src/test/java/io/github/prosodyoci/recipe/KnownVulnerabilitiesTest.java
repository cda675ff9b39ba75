package io.github.prosodyoci.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The table of docs/security.md says what the recipes of the Prosody image say. {@code
 * -Dprosodyoci.docs.update} writes it anew.
 */
final class KnownVulnerabilitiesTest {

  private static final Path DOCUMENT = Path.of("../docs/security.md");
  private static final Path RECIPES = Path.of("../prosody-image/src/main/recipes");
  private static final String BEGIN = "<!-- known vulnerabilities: written from the recipes -->\n";
  private static final String END = "<!-- end of known vulnerabilities -->\n";

  private record Row(String recipe, SecurityStatement statement) {

    String line() {
      return "| "
          + statement.cve()
          + " | "
          + recipe
          + " | "
          + answer()
          + " | "
          + statement.note().replace("|", "\\|")
          + " |\n";
    }

    private String answer() {
      return switch (statement.status()) {
        case FIXED ->
            statement.by().stream()
                .map(fix -> "`" + fix.substring(fix.lastIndexOf('/') + 1) + "`")
                .collect(Collectors.joining(", ", "fixed: ", ""));
        case NOT_AFFECTED ->
            "not affected: " + statement.reason().orElseThrow().text().replace('_', ' ');
        case AFFECTED -> "**affected**";
      };
    }

    /** Sorts by year and number, which has four digits or more. */
    String order() {
      String[] parts = statement.cve().split("-", -1);
      return parts[1] + "0".repeat(19 - parts[2].length()) + parts[2];
    }
  }

  @Test
  void table_isWhatTheRecipesSay() throws IOException {
    List<Row> rows =
        RecipeBook.read(List.of(RECIPES)).recipes().stream()
            .flatMap(recipe -> recipe.security().stream().map(each -> new Row(recipe.name(), each)))
            .sorted(Comparator.comparing(Row::order).thenComparing(Row::recipe))
            .toList();
    String table =
        rows.stream()
            .map(Row::line)
            .collect(
                Collectors.joining("", "| CVE | recipe | answer | |\n|---|---|---|---|\n", ""));
    String text = Files.readString(DOCUMENT);
    assertThat(text).containsOnlyOnce(BEGIN).containsOnlyOnce(END);
    int from = text.indexOf(BEGIN) + BEGIN.length();
    int to = text.indexOf(END);
    if (System.getProperty("prosodyoci.docs.update") != null) {
      Files.writeString(DOCUMENT, text.substring(0, from) + table + text.substring(to));
      return;
    }

    assertThat(rows).hasSizeGreaterThan(30);
    assertThat(text.substring(from, to))
        .as(
            "%s differs from the recipes; renew it with mvn -pl prosody-compile -am verify"
                + " -Dtest=KnownVulnerabilitiesTest -Dsurefire.failIfNoSpecifiedTests=false"
                + " -Dprosodyoci.docs.update",
            DOCUMENT)
        .isEqualTo(table);
  }
}
