package io.github.prosodyoci.image.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class AuthChallengeTest {

  @Test
  void find_bearerWithParametersInAnyOrder_hasThemAll() {
    assertThat(
            AuthChallenge.find(
                List.of(
                    "Basic realm=\"x\"",
                    "bearer Scope=\"repository:a/b:pull,push\" , realm=\"https://a/t?x=\\\"1\\\"\",n=2"),
                "bearer"))
        .contains(
            new AuthChallenge(
                "bearer",
                Map.of(
                    "scope",
                    "repository:a/b:pull,push",
                    "realm",
                    "https://a/t?x=\"1\"",
                    "n",
                    "2")));
  }

  @Test
  void find_schemeAlone_hasNoParameters() {
    assertThat(AuthChallenge.find(List.of("Basic"), "basic"))
        .contains(new AuthChallenge("basic", Map.of()));
  }

  @Test
  void find_otherScheme_isNothing() {
    assertThat(AuthChallenge.find(List.of("Negotiate", "=,="), "bearer")).isEmpty();
  }

  @Property(tries = 500)
  void find_anyText_ends(@ForAll String text) {
    AuthChallenge.find(List.of("Bearer " + text, text), "bearer");
  }
}
