package io.github.prosodyoci.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class FingerprintTest {

  private static Digest of(String... namesAndValues) {
    Fingerprint fingerprint = new Fingerprint();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fingerprint.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return fingerprint.digest();
  }

  @Property
  void digest_ofTwoLists_isEqualIfTheListsAre(
      @ForAll List<String> one, @ForAll List<String> other, @ForAll String next) {
    assertThat(new Fingerprint().add("x", one).add("y", next).digest())
        .isEqualTo(new Fingerprint().add("x", List.copyOf(one)).add("y", next).digest());
    assertThat(
            new Fingerprint()
                .add("x", one)
                .digest()
                .equals(new Fingerprint().add("x", other).digest()))
        .isEqualTo(one.equals(other));
  }

  @Test
  void digest_sameTextCutElsewhere_differs() {
    assertThat(of("a", "bc")).isNotEqualTo(of("ab", "c"));
    assertThat(of("a", "b", "c", "d")).isNotEqualTo(of("a", "b1:c1:d"));
    assertThat(of("a", "", "b", "")).isNotEqualTo(of("a", "b"));
  }

  @Test
  void digest_otherOrder_differs() {
    assertThat(of("a", "1", "b", "2")).isNotEqualTo(of("b", "2", "a", "1"));
  }

  @Test
  void digest_knownInputs_isThatOfNamesAndValuesWithTheirLengths() {
    assertThat(of("code", "é")).isEqualTo(Digest.of(utf8("4:code2:é")));
    assertThat(new Fingerprint().add("l", List.of("a", "b")).digest())
        .isEqualTo(Digest.of(utf8("1:l1:21:a1:b")));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }
}
