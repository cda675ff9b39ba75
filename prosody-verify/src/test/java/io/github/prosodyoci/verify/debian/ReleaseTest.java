package io.github.prosodyoci.verify.debian;

import static io.github.prosodyoci.verify.openpgp.SignatureSyntaxTest.code;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.verify.VerifyCode;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an {@code InRelease} says. */
class ReleaseTest {

  private static final String ONE = "1".repeat(64);
  private static final String TWO = "2".repeat(64);
  private static final String TEXT =
      "Suite: stable\nCodename: trixie\nDate: Thu, 01 Jan 2026 00:00:00 UTC\n"
          + "MD5Sum:\n 11111111111111111111111111111111 5 main/md5only\n"
          + "SHA256:\n "
          + ONE
          + "     7 main/source/Sources.xz";

  private static void check(String text) {
    Release.parse(text).check("trixie", NOW, Optional.empty());
  }

  @Test
  void parse_ordinaryRelease_yieldsIndexes() {
    Release release = Release.parse(TEXT);

    assertThat(release.indexes())
        .containsOnlyKeys("main/source/Sources.xz")
        .containsValue(new Release.Entry(7, new Digest(ONE)));
    assertThat(release.date()).isEqualTo(NOW);
    assertThatNoException().isThrownBy(() -> check(TEXT));
    assertThatNoException().isThrownBy(() -> release.check("stable", NOW, Optional.of(NOW)));
  }

  @Test
  void parse_withoutSha256_isIndexChain() {
    assertThat(code(() -> check(TEXT.replaceAll("(?s)SHA256:.*", "SHA1:\n 1 1 x"))))
        .isEqualTo(VerifyCode.INDEX_CHAIN);
    assertThat(code(() -> check(TEXT.replaceAll("(?s)SHA256:.*", "SHA256:"))))
        .isEqualTo(VerifyCode.INDEX_CHAIN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\n %2 7 main/source/Sources.xz",
        "\n %1 8 main/source/Sources.xz",
        "\n %1 x path",
        "\n %1 -1 path",
        "\n %1 99999999999999999999 path",
        "\n 123 7 path",
        "\n %1 7",
        "\n %1 7 a b",
        "\nSHA256:\n %2 7 other",
        "\nsha256:\n %2 7 other",
        "\n\nSHA256:\n %2 7 other",
        "\nNo field"
      })
  void parse_ambiguousOrMalformed_isIndexChain(String more) {
    String text = TEXT + more.replace("%1", ONE).replace("%2", TWO);

    assertThat(code(() -> check(text))).isEqualTo(VerifyCode.INDEX_CHAIN);
  }

  @Test
  void check_otherSuite_isIndexChain() {
    assertThat(code(() -> Release.parse(TEXT).check("forky", NOW, Optional.empty())))
        .isEqualTo(VerifyCode.INDEX_CHAIN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Fri, 02 Jan 2026 00:00:00 UTC",
        "Thu, 01 Jan 2026 00:05:01 UTC",
        "Fri, 01 Jan 2026 00:00:00 UTC",
        "Thu, 01 Jan 2026 00:00:00 +0000",
        "yesterday",
        ""
      })
  void check_dateInTheFutureOrUnreadable_isReleaseDate(String date) {
    assertThat(code(() -> check(TEXT.replace("Thu, 01 Jan 2026 00:00:00 UTC", date))))
        .isEqualTo(VerifyCode.RELEASE_DATE);
  }

  @Test
  void parse_withoutDate_isReleaseDate() {
    assertThat(code(() -> check(TEXT.replaceAll("Date:.*\n", ""))))
        .isEqualTo(VerifyCode.RELEASE_DATE);
  }

  @Test
  void check_validUntil_isEnforced() {
    assertThatNoException()
        .isThrownBy(() -> check("Valid-Until: Fri, 02 Jan 2026 00:00:00 UTC\n" + TEXT));
    assertThat(code(() -> check("Valid-Until: Wed, 31 Dec 2025 23:59:59 UTC\n" + TEXT)))
        .isEqualTo(VerifyCode.RELEASE_DATE);
  }

  @Test
  void check_olderThanLastSeen_isReleaseDate() {
    Instant seen = NOW.plusSeconds(1);

    assertThat(code(() -> Release.parse(TEXT).check("trixie", NOW, Optional.of(seen))))
        .isEqualTo(VerifyCode.RELEASE_DATE);
  }
}
