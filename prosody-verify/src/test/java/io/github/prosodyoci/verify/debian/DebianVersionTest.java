package io.github.prosodyoci.verify.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DebianVersionTest {

  @ParameterizedTest
  @CsvSource({
    "13.0.1-1, 13.0.1-1+deb13u1",
    "13.0.1-1+deb13u1, 13.0.1-1+deb13u2",
    "13.0.1-1+deb13u2, 13.0.1-1+deb13u10",
    "13.0.1, 13.0.5",
    "13.0.5~rc1-1, 13.0.5-1",
    "1.2.5-1.1, 1.2.5-3.1~deb13u1",
    "1.2.5-3.1~deb13u1, 1.2.5-3.1",
    "9.9, 1:1.0",
    "1.0, 1.0a",
    "1.0a, 1.0+b",
    "1.9, 1.10",
  })
  void compareTo_newerVersion_isLess(String older, String newer) {
    assertThat(DebianVersion.parse(older)).isLessThan(DebianVersion.parse(newer));
    assertThat(DebianVersion.parse(newer)).isGreaterThan(DebianVersion.parse(older));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-", "1 2", "../1", "1\n", "a:1", "1/2"})
  void parse_noVersion_isRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> DebianVersion.parse(text));
  }

  @Property
  void parse_anyVersion_readsBack(@ForAll @From("versions") String text) {
    assertThat(DebianVersion.parse(text)).hasToString(text);
  }

  @Property
  void compareTo_anyThree_isAnOrder(
      @ForAll @From("versions") String a,
      @ForAll @From("versions") String b,
      @ForAll @From("versions") String c) {
    DebianVersion one = DebianVersion.parse(a);
    DebianVersion two = DebianVersion.parse(b);
    DebianVersion three = DebianVersion.parse(c);

    assertThat(Integer.signum(one.compareTo(two))).isEqualTo(-Integer.signum(two.compareTo(one)));
    if (one.compareTo(two) <= 0 && two.compareTo(three) <= 0) {
      assertThat(one).isLessThanOrEqualTo(three);
    }
  }

  @Provide
  Arbitrary<String> versions() {
    Arbitrary<String> part =
        Arbitraries.strings().withChars("0129a~+.").ofMinLength(1).ofMaxLength(6);
    return net.jqwik.api.Combinators.combine(part, part)
        .as((upstream, revision) -> "1" + upstream + "-" + revision);
  }

  @Test
  void compareTo_manyPairs_isAsDpkgSays() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/dpkg")), "dpkg is not installed");
    Random random = new Random(5612);
    List<String> script = new ArrayList<>();
    List<String[]> pairs = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      String[] pair = {version(random), version(random)};
      pairs.add(pair);
      script.add(
          "dpkg --compare-versions '" + pair[0] + "' lt '" + pair[1] + "' && echo lt || echo ge");
    }
    Process dpkg = new ProcessBuilder("sh").redirectErrorStream(true).start();
    try (var in = dpkg.outputWriter()) {
      in.write(String.join("\n", script) + "\n");
    }
    List<String> answers = dpkg.inputReader().lines().toList();

    for (int i = 0; i < pairs.size(); i++) {
      String[] pair = pairs.get(i);
      assertThat(
              DebianVersion.parse(pair[0]).compareTo(DebianVersion.parse(pair[1])) < 0
                  ? "lt"
                  : "ge")
          .as(String.join(" and ", pair))
          .isEqualTo(answers.get(i));
    }
  }

  private static String version(Random random) {
    StringBuilder text = new StringBuilder("1");
    for (int i = random.nextInt(5); i > 0; i--) {
      text.append("0129az~+.".charAt(random.nextInt(9)));
    }
    if (random.nextBoolean()) {
      text.append("-1").append(random.nextBoolean() ? "~a" : "+b2");
    }
    return text.toString();
  }
}
