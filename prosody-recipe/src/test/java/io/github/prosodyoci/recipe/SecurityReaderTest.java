package io.github.prosodyoci.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Platform;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SecurityReaderTest {

  private static final String RECIPE =
      """
      package: {name: a, version: 1.2.3, description: A, url: 'https://a.example/', license: MIT}
      patches: [debian/patches/one.patch, two.patch]
      pipeline: [{name: build, run: make}]
      """;

  private static final String SECURITY =
      """
      security:
        - cve: CVE-2026-0001
          status: fixed
          by: 1.2.3
          note: An overflow.
        - cve: CVE-2026-0002
          status: fixed
          by: [debian/patches/one.patch, two.patch]
          note: A double free.
        - cve: CVE-2026-123456
          status: not-affected
          reason: vulnerable_code_not_present
          note: no-dtls leaves it out.
        - cve: CVE-2026-0004
          status: affected
          note: Waits for 1.2.4.
      """;

  private static Recipe read(String text) throws IOException {
    return RecipeDocument.parse(Path.of("/recipes/a.yaml"), text).recipe();
  }

  @Test
  void read_eachStatus_givesItsValuesInOrder() throws IOException {
    assertThat(read(RECIPE + SECURITY).security())
        .extracting(
            SecurityStatement::cve,
            each -> each.status().text(),
            SecurityStatement::by,
            each -> each.reason().map(SecurityStatement.Reason::text).orElse(""),
            SecurityStatement::note,
            s -> s.where().toString())
        .containsExactly(
            tuple(
                "CVE-2026-0001",
                "fixed",
                List.of("1.2.3"),
                "",
                "An overflow.",
                "/recipes/a.yaml:5"),
            tuple(
                "CVE-2026-0002",
                "fixed",
                List.of("debian/patches/one.patch", "two.patch"),
                "",
                "A double free.",
                "/recipes/a.yaml:9"),
            tuple(
                "CVE-2026-123456",
                "not-affected",
                List.of(),
                "vulnerable_code_not_present",
                "no-dtls leaves it out.",
                "/recipes/a.yaml:13"),
            tuple(
                "CVE-2026-0004",
                "affected",
                List.of(),
                "",
                "Waits for 1.2.4.",
                "/recipes/a.yaml:17"));
  }

  @Test
  void read_bits_tellsWhichPlatformsTheStatementIsAbout() throws IOException {
    String both =
        """
        security:
          - {cve: CVE-2026-0001, bits: 64, status: fixed, by: 1.2.3, note: An overflow.}
          - {cve: CVE-2026-0001, bits: 32, status: affected, note: An overflow.}
        """;
    List<SecurityStatement> read = read(RECIPE + both).security();
    assertThat(read.get(0).isAbout(Platform.LINUX_S390X)).isTrue();
    assertThat(read.get(0).isAbout(Platform.LINUX_386)).isFalse();
    assertThat(read.get(1).isAbout(Platform.LINUX_ARM_V7)).isTrue();
    assertThat(read.get(1).isAbout(Platform.LINUX_AMD64)).isFalse();
    assertThatThrownBy(() -> read(RECIPE + both.replace("bits: 32, ", "")))
        .hasMessageContaining("CVE-2026-0001 has an entry already at /recipes/a.yaml:5");
    assertThatThrownBy(() -> read(RECIPE + both.replace("bits: 32", "bits: 16")))
        .hasMessageContaining("'bits' is '16'; expected one of 32, 64");
  }

  @Test
  void read_noSecurity_givesNone() throws IOException {
    assertThat(read(RECIPE).security()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'cve: CVE-2026-0001' | 'cve: CVE-26-1' | a.yaml:5): 'cve' is 'CVE-26-1'; expected an identifier",
        "'cve: CVE-2026-0001' | 'cve: CVE-2026-0004' | a.yaml:17): CVE-2026-0004 has an entry "
            + "already at /recipes/a.yaml:5",
        "'status: affected' | 'status: unknown' | a.yaml:18): 'status' is 'unknown'; expected one of fixed, not-a",
        "'by: 1.2.3' | 'by: 1.2.4' | a.yaml:7): 'by' is '1.2.4'; expected a patch",
        "'by: 1.2.3' | 'by: three.patch' | a.yaml:7): 'by' is 'three.patch'; expected",
        "'by: 1.2.3' | 'by: []' | a.yaml:7): 'by' is empty",
        "'by: 1.2.3' | 'by: [1.2.2, two.patch]' | a.yaml:7): 'by' is '1.2.2'; expected",
        "'    by: 1.2.3\n' | '' | a.yaml:5): the key 'by' is missing",
        "'reason: vuln' | 'reason: Vuln' | a.yaml:15): 'reason' is 'Vulnerable_code_not_present'; expected one of component_not_pre",
        "'    reason: vulnerable_code_not_present\n' | '' | a.yaml:13): the key 'reason' is missing",
        "'    note: An overflow.\n' | '' | a.yaml:5): the key 'note' is missing",
        "'note: An overflow.' | 'note: \"\"' | a.yaml:8): 'note' is empty or has several lines",
        "'note: Waits' | 'by: two.patch\n    note: Waits' | a.yaml:19): 'by' is not allowed with the",
        "'note: Waits' | 'because: x\n    note: Waits' | a.yaml:19): unknown key 'because'",
      })
  void read_badEntry_isRefusedWithLine(String old, String bad, String message) {
    assertThat(SECURITY).contains(old);

    assertThatThrownBy(() -> read(RECIPE + SECURITY.replace(old, bad)))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("/recipes/" + message)
        .hasMessageContaining("docs/recipes.md");
  }

  @Test
  void content_security_doesNotMatter() throws IOException {
    assertThat(read(RECIPE + SECURITY).content("x86_64")).isEqualTo(read(RECIPE).content("x86_64"));
  }
}
