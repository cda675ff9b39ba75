package io.github.prosodyoci.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LicenseExpressionTest {

  @Test
  void all_ofSeveral_isSortedAndNamesEachOnce() {
    assertThat(
            LicenseExpression.all(
                List.of(
                    "MIT",
                    "GPL-2.0-only",
                    "MIT AND GPL-3.0-or-later",
                    "Apache-2.0 WITH LLVM-exception")))
        .contains("Apache-2.0 WITH LLVM-exception AND GPL-2.0-only AND GPL-3.0-or-later AND MIT");
  }

  @Test
  void all_withAChoice_putsItInParentheses() {
    assertThat(
            LicenseExpression.all(
                List.of("MIT OR Apache-2.0", "ISC", "BSD-3-Clause AND (MIT OR GPL-2.0+)")))
        .contains("(BSD-3-Clause AND (MIT OR GPL-2.0+)) AND (MIT OR Apache-2.0) AND ISC");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "custom",
        "MIT AND custom",
        "Public-Domain",
        "The MIT License",
        "MIT BSD",
        "MIT and ISC",
        "MIT AND",
        "(MIT",
        "MIT)",
        "()",
        "MIT, ISC"
      })
  void all_withOneThatIsNoExpression_isUnknown(String text) {
    assertThat(LicenseExpression.all(List.of("MIT", text))).isEmpty();
  }

  @Test
  void all_withOneThatIsMissing_isUnknown() {
    assertThat(LicenseExpression.all(Collections.singletonList(null))).isEmpty();
    assertThat(LicenseExpression.all(List.of())).isEmpty();
  }
}
