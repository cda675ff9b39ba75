package io.github.prosodyoci.recipe.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.prosodyoci.core.FailureException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlEditsTest {

  private static final String TEXT =
      "# päckage 🎉 1.0\n"
          + "version: 1.0   # the version, 1.0\n"
          + "single: '1.0'\n"
          + "double: \"1.0\" # quoted\r\n"
          + "\n"
          + "list: [ a-1.0.tar , 'b-1.0',\n"
          + "        c-1.0 ]   # over lines\n"
          + "text: |\n"
          + "  1.0\n";

  @Test
  void apply_fewScalars_leavesEverythingElse() {
    YamlMap map = YamlMap.parse(Path.of("a.yaml"), TEXT);
    YamlEdits edits = new YamlEdits(TEXT);
    edits.replace(map.get("version"), "2.0.1");
    edits.replace(map.get("single"), "2.0.1");
    edits.replace(map.get("double"), "2.0.1");
    List<YamlNode> list = map.list("list");
    edits.replace(list.get(0), "a-2.0.1.tar");
    edits.replace(list.get(1), "b-2.0.1");
    edits.replace(list.get(2), "c-2.0.1");

    assertThat(edits.apply())
        .isEqualTo(
            TEXT.replaceAll("(?<=[-'\"]|version: )1\\.0(?![^\\n]*#.*the)", "2.0.1")
                .replace("version: 1.0 ", "version: 2.0.1 "));
  }

  @Test
  void replace_sameValue_changesNothing() {
    YamlEdits edits = new YamlEdits(TEXT);
    edits.replace(YamlMap.parse(Path.of("a.yaml"), TEXT).get("version"), "1.0");

    assertThat(edits.isEmpty()).isTrue();
    assertThat(edits.apply()).isEqualTo(TEXT);
  }

  @ParameterizedTest
  @CsvSource({
    "3.0a, 3.10, '\"3.10\"'",
    "1.9.1, 2.0, '\"2.0\"'",
    "1.9.1, 20260101, '\"20260101\"'",
    "1.9.1, 2026-01-01, '\"2026-01-01\"'",
    "1.9.1, 1e5, '\"1e5\"'",
    "1.9.1, no, '\"no\"'",
    "1.9.1, 1.9.2, 1.9.2",
    "1.9.1, 1.9-2, 1.9-2",
    "3, 4, 4",
    "1.1, 1.2, 1.2",
  })
  void replace_textByWhatLooksLikeANumber_isQuoted(String old, String value, String written) {
    String text = "version: " + old + "\n";
    YamlEdits edits = new YamlEdits(text);
    edits.replace(YamlMap.parse(Path.of("a.yaml"), text).get("version"), value);

    assertThat(edits.apply()).isEqualTo("version: " + written + "\n");
  }

  @Test
  void replace_blockOfText_isRefused() {
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(
            () ->
                new YamlEdits(TEXT)
                    .replace(YamlMap.parse(Path.of("a.yaml"), TEXT).get("text"), "x"))
        .withMessageContaining("several lines");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\nb", "it's", "\"", "\\", "\u0007", "ä"})
  void replace_valueThatNeedsCare_isRefused(String value) {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new YamlEdits(TEXT)
                    .replace(YamlMap.parse(Path.of("a.yaml"), TEXT).get("version"), value));
  }

  @Property
  void apply_anyScalarOfAnyStyle_readsBackAsTheNewValue(
      @ForAll @Size(min = 1, max = 6) List<@IntRange(max = 2) Integer> styles,
      @ForAll @CharRange(from = 'a', to = 'z') @StringLength(min = 1, max = 8) String value) {
    String[] quotes = {"", "'", "\""};
    String text =
        styles.stream()
            .map(style -> "  - é" + quotes[0] + "\n  - " + quotes[style] + "old" + quotes[style])
            .collect(Collectors.joining("\n", "list:\n", "\n# ende\n"));
    YamlMap map = YamlMap.parse(Path.of("a.yaml"), text);
    YamlEdits edits = new YamlEdits(text);
    map.list("list").stream()
        .filter(node -> node.text().equals("old"))
        .forEach(node -> edits.replace(node, value + "-1"));

    assertThat(YamlMap.parse(Path.of("a.yaml"), edits.apply()).texts("list"))
        .isEqualTo(
            map.texts("list").stream().map(t -> t.equals("old") ? value + "-1" : t).toList());
    assertThat(edits.apply()).isEqualTo(text.replace("old", value + "-1"));
  }

  private static String without(String text, String... elements) {
    YamlEdits edits = new YamlEdits(text);
    edits.removeElements(YamlMap.parse(Path.of("a.yaml"), text), "list", Set.of(elements));
    return edits.apply();
  }

  @Test
  void removeElements_some_takesTheirCommentsAndLeavesTheOthers() {
    String text =
        """
        # 🎉 above the list
        list:
          # of a and b
          - a
          - b # and more
          # of c,
          # in two lines
          - 'c'
          - d

          # of e
          - "e"
        after: 1
        """;

    assertThat(without(text, "a", "b", "e", "none"))
        .isEqualTo(
            """
            # 🎉 above the list
            list:
              # of c,
              # in two lines
              - 'c'
              - d

            after: 1
            """);
    assertThat(without(text, "b", "c"))
        .as("comments stay with what follows under them")
        .isEqualTo(text.replace("  - b # and more\n", "").replace("  - 'c'\n", ""));
    assertThat(without(text)).isEqualTo(text);
  }

  @Test
  void removeElements_all_takesTheKeyToo() {
    assertThat(without("a: 1\nlist:\n- x\n- y", "x", "y")).isEqualTo("a: 1\n");
    assertThat(without("a: 1\n", "x")).isEqualTo("a: 1\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"list: [x, y]", "list:\n- |\n  x\n- y", "list: [\n  x,\n  y]"})
  void removeElements_notALineEach_isRefused(String text) {
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> without(text, "x", "x\n"))
        .withMessageContaining("has no line of its own");
  }
}
