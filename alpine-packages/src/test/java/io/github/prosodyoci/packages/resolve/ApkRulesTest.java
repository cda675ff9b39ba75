package io.github.prosodyoci.packages.resolve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.packages.apk.Checksums;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.PackageInfo;
import io.github.prosodyoci.packages.index.IndexEntry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What apk 3 chooses otherwise than apk 2, of the same packages. */
class ApkRulesTest {

  private static final ApkRules APK_3 = ApkRules.apk3(Platform.LINUX_AMD64);

  /** Returns what is chosen of some packages, or why nothing is. */
  private static String choice(ApkRules rules, String world, String... packages) {
    return new Resolver(List.of(SmallWorlds.repository("", packages).withRules(rules)))
        .resolve(Dependency.parseAll(world)).packages().stream()
            .map(each -> each.entry().info().nameVersion())
            .toList()
            .toString();
  }

  @ParameterizedTest
  @CsvSource({
    "a, '[a-1]', '[a-1, extra-1]'",
    "a b, '[a-1, b-1]', '[a-1, b-1]'",
    "a c, '[a-1, b-1, c-1]', '[a-1, b-1, c-1]'",
    "b, '[b-1]', '[b-1]'"
  })
  void installIf_withConflict_comesWhereTheOtherIsAbsent(String world, String apk2, String apk3) {
    String[] packages = {"a 1", "b 1", "c 1 |D:b", "extra 1 |i:a !b"};
    assertThat(choice(ApkRules.APK_2, world, packages)).isEqualTo(apk2);
    assertThat(choice(APK_3, world, packages)).isEqualTo(apk3);
  }

  @Test
  void installIf_withConflictToAVersion_looksAtTheVersion() {
    String[] packages = {"a 1", "b 1", "b 2", "extra 1 |i:a !b>1"};
    assertThat(choice(APK_3, "a b", packages)).isEqualTo("[a-1, b-2]");
    assertThat(choice(APK_3, "a b<2", packages)).isEqualTo("[a-1, b-1, extra-1]");
  }

  @Test
  void installIf_withConflictsAlone_neverComes() {
    assertThat(choice(APK_3, "a", "a 1", "extra 1 |i:!b")).isEqualTo("[a-1]");
  }

  /** The first by the order of packages comes, and what it brings keeps the other away. */
  @Test
  void installIf_excludingEachOther_oneComes() {
    assertThat(choice(APK_3, "a", "a 1", "x 1 |i:a !y", "y 1 |i:a !x")).isEqualTo("[a-1, x-1]");
  }

  @Test
  void installIf_thatWouldBringWhatItExcludes_neverComes() {
    assertThat(choice(APK_3, "a", "a 1", "x 1 |i:a !y |D:y", "y 1")).isEqualTo("[a-1]");
  }

  /** Only the absence of b brings the provider: with b there is no solution. */
  @Test
  void provider_broughtByAbsence_isFoundOnlyWithoutTheOther() {
    String[] packages = {"a 1 |D:v", "b 1", "p 1 |p:v |i:c !b", "c 1", "d 1 |D:b", "d 2"};
    assertThat(choice(APK_3, "a c", packages)).contains("p-1");
    assertThat(choice(APK_3, "a c d", packages)).contains("d-2", "p-1").doesNotContain("b-1");
    assertThat(catchThrowable(() -> choice(APK_3, "a b c", packages)))
        .hasMessageContaining("unsatisfiable");
  }

  @Test
  void versionWithCommit_isForApk3() {
    String[] packages = {"a 1", "a 1.2~0af3-r0"};
    assertThat(choice(ApkRules.APK_2, "a", packages)).isEqualTo("[a-1]");
    assertThat(choice(APK_3, "a", packages)).isEqualTo("[a-1.2~0af3-r0]");
    assertThat(choice(APK_3, "a=1.2~0af3-r0", packages)).isEqualTo("[a-1.2~0af3-r0]");
  }

  @Test
  void versionWithNumberBehindLetter_isForApk2() {
    String[] packages = {"a 1", "a 1.1f7"};
    assertThat(choice(ApkRules.APK_2, "a", packages)).isEqualTo("[a-1.1f7]");
    assertThat(choice(APK_3, "a", packages)).isEqualTo("[a-1]");
  }

  @Test
  void packageOfAnotherArchitecture_isForApk2() {
    List<IndexEntry> entries =
        Stream.of("aarch64", "noarch", "x86_64", "")
            .map(
                each ->
                    new IndexEntry(
                        PackageInfo.builder("p-" + each, "1", each).provides("v=" + 1).build(),
                        Checksums.q1(each.getBytes(StandardCharsets.UTF_8)),
                        1,
                        true))
            .toList();
    for (String name : List.of("p-noarch", "p-x86_64", "p-")) {
      assertThat(resolve(APK_3, entries, name)).isEqualTo(name);
      assertThat(resolve(ApkRules.APK_2, entries, name)).isEqualTo(name);
    }
    assertThat(resolve(ApkRules.APK_2, entries, "p-aarch64")).isEqualTo("p-aarch64");
    assertThat(catchThrowable(() -> resolve(APK_3, entries, "p-aarch64")))
        .hasMessageContaining("which no package provides");
  }

  private static String resolve(ApkRules rules, List<IndexEntry> entries, String world) {
    return new Resolver(List.of(new Repository("r", "", entries, rules)))
        .resolve(Dependency.parseAll(world))
        .packages()
        .get(0)
        .name();
  }
}
