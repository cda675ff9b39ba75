package io.github.prosodyoci.image;

import static io.github.prosodyoci.image.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.CommonCode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerConfigTest {

  private static ContainerConfig config(
      String user, String port, String volume, String directory, String signal, String variable) {
    return new ContainerConfig(
        List.of(),
        List.of(),
        Map.of(variable, "x"),
        user,
        List.of(port),
        List.of(volume),
        directory,
        Map.of(),
        signal,
        null);
  }

  @Test
  void ports_areExpandedAndSorted() {
    assertThat(config("0", "5000-5002", "/v", "/", "SIGTERM", "A").ports())
        .containsExactly("5000/tcp", "5001/tcp", "5002/tcp");
  }

  @ParameterizedTest
  @CsvSource({
    "prosody, 1, /v, /, SIGTERM, A, user",
    "1:prosody, 1, /v, /, SIGTERM, A, user",
    "1, web, /v, /, SIGTERM, A, ports",
    "1, 0, /v, /, SIGTERM, A, ports",
    "1, 65536, /v, /, SIGTERM, A, ports",
    "1, 2-1, /v, /, SIGTERM, A, ports",
    "1, 53/sctp, /v, /, SIGTERM, A, ports",
    "1, 1, v, /, SIGTERM, A, volumes",
    "1, 1, /v, home, SIGTERM, A, workingDirectory",
    "1, 1, /v, /, TERM, A, stopSignal",
    "1, 1, /v, /, SIGTERM, A=B, env",
  })
  void value_thatNoEngineTakes_namesTheParameter(
      String user,
      String port,
      String volume,
      String directory,
      String signal,
      String variable,
      String parameter) {
    assertFails(
            CommonCode.CONFIGURATION, () -> config(user, port, volume, directory, signal, variable))
        .hasMessageStartingWith("Could not use the image parameter " + parameter + ": ");
  }

  @ParameterizedTest
  @CsvSource({"30s, PT30S", "500ms, PT0.5S", "1m30s, PT1M30S", "1h, PT1H"})
  void duration_inDockersForm_isRead(String text, String iso) {
    assertThat(Healthcheck.duration(text)).isEqualTo(Duration.parse(iso));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "30", "s", "0s", "-1s", "30s ", "1.5s", "1d", "30sx", "x30s"})
  void duration_inAnotherForm_isRefused(String text) {
    assertFails(CommonCode.CONFIGURATION, () -> Healthcheck.duration(text))
        .hasMessage(
            "Could not use the image parameter healthcheck: it is \""
                + text
                + "\"; expected a duration such as 500ms, 30s or 1m30s (configuration).");
  }

  @Test
  void healthcheck_withoutItsKind_isRefused() {
    assertFails(
            CommonCode.CONFIGURATION,
            () -> new Healthcheck(List.of("/bin/check"), null, null, null, null))
        .hasMessageContaining("expected a list that starts with CMD, CMD-SHELL or NONE");
    assertFails(
            CommonCode.CONFIGURATION,
            () -> new Healthcheck(List.of("CMD", "x"), null, null, null, 0))
        .hasMessageContaining("retries: it is \"0\"; expected at least 1");
  }
}
