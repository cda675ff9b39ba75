package io.github.prosodyoci.recipe.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.prosodyoci.core.FailureException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlMapTest {

  private static final Path FILE = Path.of("recipes/lua.yaml");

  @Test
  void text_numberLikeVersion_staysAsWritten() {
    YamlMap map = parse("a: 5.10\nb: 0x10\nc: \"1.0\"\nd: no\n");

    assertThat(map.text("a")).isEqualTo("5.10");
    assertThat(map.text("b")).isEqualTo("0x10");
    assertThat(map.text("c")).isEqualTo("1.0");
    assertThat(map.text("d")).isEqualTo("no");
  }

  @Test
  void values_ofEveryKind_areRead() {
    YamlMap map = parse("n: 3\nyes: true\nl: [a, b]\nm:\n  k: v\nms: [{k: 1}, {k: 2}]\nnull: ~\n");

    assertThat(map.number("n", 0)).isEqualTo(3);
    assertThat(map.number("absent", 7)).isEqualTo(7);
    assertThat(map.flag("yes", false)).isTrue();
    assertThat(map.texts("l")).containsExactly("a", "b");
    assertThat(map.map("m").text("k")).isEqualTo("v");
    assertThat(map.maps("ms")).extracting(each -> each.text("k")).containsExactly("1", "2");
    assertThat(map.list("absent")).isEmpty();
    assertThat(map.find("null")).isEmpty();
    assertThat(map.keys()).containsExactly("n", "yes", "l", "m", "ms", "null");
  }

  @Test
  void where_everyValue_isFileAndLine() {
    YamlMap map = parse("# first\na: 1\nb:\n  - x\n  - y\n");

    assertThat(map.where()).hasToString("recipes/lua.yaml:2");
    assertThat(map.where("b")).hasToString("recipes/lua.yaml:3");
    assertThat(map.list("b").get(1).where()).hasToString("recipes/lua.yaml:5");
  }

  @Test
  void rejectUnknown_unknownKey_namesItsLineAndWhatIsKnown() {
    YamlMap map = parse("file: a\norigin: b\n");

    assertRefused(
        () -> map.rejectUnknown(Set.of("file", "origins")),
        "recipes/lua.yaml:2): unknown key 'origin'; expected one of file, origins");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "b: 1 | recipes/lua.yaml:1): the key 'a' is missing",
        "a: [1] | recipes/lua.yaml:1): 'a' is a list; expected a text",
        "a: | recipes/lua.yaml:1): 'a' is empty; expected a text",
        "a: {b: c} | recipes/lua.yaml:1): 'a' is a map; expected a text",
      })
  void text_wrongOrMissing_saysWhatIsExpected(String yaml, String message) {
    assertRefused(() -> parse(yaml).text("a"), message);
  }

  @Test
  void flag_yesInWords_isRefused() {
    assertRefused(
        () -> parse("a: yes").flag("a", false),
        "recipes/lua.yaml:1): 'a' is 'yes'; expected true or false");
  }

  @Test
  void number_tooLarge_isRefused() {
    assertRefused(
        () -> parse("a: 99999999999").number("a", 0),
        "recipes/lua.yaml:1): 'a' is '99999999999'; expected a decimal number below 2^31");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'a: 1\na: 2' | recipes/lua.yaml:2): the key 'a' is given twice",
        "'a: &x 1\nb: *x' | recipes/lua.yaml:2): aliases (*name) are not supported",
        "'a: 1\n---\nb: 2' | recipes/lua.yaml:2): a second document starts here",
        "'[a]: 1' | recipes/lua.yaml:1): a key is not a plain text",
        "'- a' | recipes/lua.yaml:1): the whole file is a list; expected a map",
        "'# nothing' | recipes/lua.yaml:1): the file is empty",
      })
  void parse_notOnePlainMap_isRefused(String yaml, String message) {
    assertRefused(() -> parse(yaml), message);
  }

  @Test
  void parse_brokenSyntax_namesLine() {
    assertRefused(() -> parse("a: 1\nb: [1, 2\n"), "recipes/lua.yaml:3): not YAML: ");
    assertRefused(() -> parse("a: 1\n\tb: 2\n"), "recipes/lua.yaml:2): not YAML: ");
    assertRefused(() -> parse("a: \u0000"), "recipes/lua.yaml:1): not YAML: ");
  }

  @Test
  void parse_deepNesting_isRefusedWithoutStackOverflow() {
    assertRefused(
        () -> parse("a: " + "[".repeat(200_000)), "recipes/lua.yaml:1): nested deeper than 32");
  }

  @Test
  void read_fileThatIsNoText_isRefused(@TempDir Path folder) throws Exception {
    Path latin = Files.write(folder.resolve("latin.yaml"), new byte[] {'a', ':', ' ', (byte) 0xe4});
    Path large = Files.write(folder.resolve("large.yaml"), new byte[(1 << 20) + 1]);

    assertRefused(() -> YamlMap.read(latin), latin + ":1): the file is not UTF-8");
    assertRefused(
        () -> YamlMap.read(large), large + ":1): the file has 1048577 bytes; expected at most");
    assertRefused(() -> YamlMap.read(folder.resolve("none.yaml")), "there is no file");
  }

  @Property(tries = 300)
  void parse_anything_throwsNothingElse(@ForAll @StringLength(max = 60) String text) {
    try {
      YamlMap map = parse(text);
      map.keys().forEach(key -> map.find(key).ifPresent(YamlNode::isMap));
    } catch (FailureException e) {
      assertThat(e).hasMessageStartingWith("Could not read lua.yaml (" + FILE + ":");
    }
  }

  private static YamlMap parse(String text) {
    return YamlMap.parse(FILE, text);
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(call)
        .withMessageContaining(message);
  }
}
