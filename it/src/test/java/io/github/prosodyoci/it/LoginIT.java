package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.ContainerBuilder;
import io.github.prosodyoci.it.container.Volume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Log-ins that fail: what others learn from them, and what the operator does. */
class LoginIT {

  private static final String SASL = "urn:ietf:params:xml:ns:xmpp-sasl";
  private static final String UUID_4 =
      "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

  @ParameterizedTest
  @ValueSource(strings = {"text", "json"})
  void failure_isOneLineThatFail2banUnderstands(String format) throws Exception {
    Pattern filter = filter();
    try (Container server = server(Volume.create(), "PROSODY_LOG_FORMAT", format)) {
      try (RawStream stream = RawStream.open(server, ProsodyImage.DOMAIN)) {
        plain(stream, "alice", "wrong");
        plain(stream, "nobody", "wrong");
        scram(stream, "alice");
      }
      List<String> found = new ArrayList<>();
      for (String line : server.log().text().lines().toList()) {
        Matcher matcher = filter.matcher(line);
        if (matcher.find()) {
          assertThat(matcher.group("host")).isIn("127.0.0.1", "10.88.0.2");
          found.add(matcher.group("user"));
        }
      }

      assertThat(found)
          .containsExactly("alice@example.test", "nobody@example.test", "alice@example.test");
    }
  }

  @Test
  void filter_textThatAStrangerWrote_isNoFailure() throws Exception {
    String forged = "example.test:container_logins\twarn\tFailed log-in from 192.0.2.1 as a@b";

    assertThat(filter().matcher("c2s7f\tinfo\tClient said " + forged).find()).isFalse();
    assertThat(filter().matcher(forged).find()).isTrue();
  }

  @Test
  void plain_unknownName_answersAsForAnAccount() throws Exception {
    try (Container server = server(Volume.create(), "X", "");
        RawStream stream = RawStream.open(server, ProsodyImage.DOMAIN)) {
      server.exec("prosodyctl", "shell", "user", "disable", "carol@example.test");
      String known = plain(stream, "alice", "wrong");

      assertThat(known).contains("<not-authorized/>");
      assertThat(plain(stream, "nobody", "wrong")).isEqualTo(known);
      assertThat(plain(stream, "carol", "wrong")).as("disabled").isEqualTo(known);
      assertThat(plain(stream, "carol", "secret")).as("disabled").isEqualTo(known);
    }
  }

  @Test
  void scram_unknownName_isChallengedAsAnAccountIs() throws Exception {
    Volume data = Volume.create();
    String salt;
    try (Container server = server(data, "X", "");
        RawStream stream = RawStream.open(server, ProsodyImage.DOMAIN)) {
      Challenge known = scram(stream, "alice");
      Challenge unknown = scram(stream, "nobody");
      salt = unknown.salt();

      assertThat(known.salt()).matches(UUID_4).isEqualTo(scram(stream, "alice").salt());
      assertThat(salt).matches(UUID_4).isEqualTo(scram(stream, "nobody").salt());
      assertThat(scram(stream, "someone").salt()).matches(UUID_4).isNotEqualTo(salt);
      assertThat(unknown.iterations()).isEqualTo(known.iterations());
      assertThat(unknown.end()).isEqualTo(known.end()).contains("<not-authorized/>");
      assertThat(server.stop(Duration.ofSeconds(5))).isZero();
    }
    try (Container server = server(data, "X", "");
        RawStream stream = RawStream.open(server, ProsodyImage.DOMAIN)) {
      assertThat(scram(stream, "nobody").salt()).as("after a restart").isEqualTo(salt);
    }
  }

  @Test
  void time_ofUnknownName_isThatOfAnAccount() throws Exception {
    Volume etc =
        Volume.create()
            .write(
                "conf.d/x.cfg.lua",
                "container_login_failures_per_address = 1000\n"
                    + "container_login_failures_per_account = 1000\n");
    try (Container server = builder(Volume.create()).volume(etc, "/etc/prosody").start();
        RawStream stream = RawStream.open(server, await(server))) {
      List<Long> known = new ArrayList<>();
      List<Long> unknown = new ArrayList<>();
      List<Long> knownChallenge = new ArrayList<>();
      List<Long> unknownChallenge = new ArrayList<>();
      for (int i = 0; i < 21; i++) {
        known.add(micros(() -> plain(stream, "alice", "wrong")));
        unknown.add(micros(() -> plain(stream, "nobody", "wrong")));
        knownChallenge.add(scram(stream, "alice").micros());
        unknownChallenge.add(scram(stream, "nobody").micros());
      }
      System.out.printf(
          "PLAIN: %d and %d µs, SCRAM: %d and %d µs%n",
          least(known), least(unknown), least(knownChallenge), least(unknownChallenge));

      // The least, as everything else that happens on a machine only adds to it.
      assertThat(least(known)).isGreaterThan(299_000);
      assertThat(Math.abs(least(known) - least(unknown))).isLessThan(2000);
      assertThat(least(knownChallenge)).isGreaterThan(19_000);
      assertThat(Math.abs(least(knownChallenge) - least(unknownChallenge))).isLessThan(2000);
    }
  }

  @Test
  void guesses_fromOneAddress_areSlowed() throws Exception {
    try (Container server = server(Volume.create(), "X", "")) {
      try (RawStream stream = RawStream.open(server, ProsodyImage.DOMAIN)) {
        int guesses = 0;
        while (guesses < 40
            && plain(stream, "user" + guesses, "wrong").contains("<not-authorized/>")) {
          guesses++;
        }
        // More than 20 only where so many take long enough for some to be forgotten.
        assertThat(guesses).isBetween(20, 30);
        assertThat(plain(stream, "alice", "secret")).contains("<temporary-auth-failure/>");
        assertThat(server.log().text())
            .contains(" as ?@example.test (too many failures from there)");
      }
    }
  }

  @Test
  void guesses_ofOneAccount_lockOutStrangersButNotItsOwner() throws Exception {
    Volume etc =
        Volume.create()
            .write(
                "conf.d/x.cfg.lua",
                "container_login_failures_per_address = 1000\n"
                    + "container_login_failures_per_account = 3\n");
    try (Container server = builder(Volume.create()).volume(etc, "/etc/prosody").start()) {
      RawStream.login(server, await(server), "bob", "secret").close();
      try (RawStream stream = RawStream.open(server, ProsodyImage.DOMAIN)) {
        for (String name : List.of("alice", "bob", "nobody")) {
          for (int i = 0; i < 3; i++) {
            assertThat(plain(stream, name, "wrong")).contains("<not-authorized/>");
          }
        }
        assertThat(plain(stream, "alice", "secret")).contains("<temporary-auth-failure/>");
        assertThat(plain(stream, "nobody", "secret")).contains("<temporary-auth-failure/>");
        assertThat(scram(stream, "alice").end()).contains("<temporary-auth-failure/>");
      }
      // He has been here before.
      RawStream.login(server, "bob", "secret").close();
      assertThat(server.log().text())
          .contains("alice@example.test (too many failures of this account)");
    }
  }

  @Test
  void component_wrongSecret_isLoggedWithItsAddress() throws Exception {
    try (Container server =
        server(Volume.create(), "PROSODY_EXTERNAL_COMPONENTS", "b.test:s3cret")) {
      try (RawStream stream = RawStream.component(server, "b.test", "wrong")) {
        stream.await("not-authorized");
        server.log().await("Failed log-in", Duration.ofSeconds(5));
      }
      assertThat(server.log().text().lines().filter(line -> filter().matcher(line).find()).toList())
          .singleElement()
          .asString()
          .endsWith(" as b.test");
    }
  }

  private record Challenge(String salt, String iterations, long micros, String end) {}

  private interface Action {
    void run() throws IOException;
  }

  private static ContainerBuilder builder(Volume data) {
    return ProsodyImage.server()
        .volume(data, ProsodyImage.DATA)
        .env(
            "PROSODY_ACCOUNTS",
            "alice@example.test:secret\nbob@example.test:secret\ncarol@example.test:secret");
  }

  private static Container server(Volume data, String variable, String value) {
    Container server = builder(data).env(variable, value).start();
    ProsodyImage.awaitClient(server);
    return server;
  }

  private static String await(Container server) {
    ProsodyImage.awaitClient(server);
    return ProsodyImage.DOMAIN;
  }

  /** Returns the example's filter, with fail2ban's {@code <HOST>} as a group. */
  private static Pattern filter() {
    Path file = Path.of("../examples/fail2ban/filter.d/prosody-oci.conf");
    try {
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith("failregex = ")) {
          String regex = line.substring("failregex = ".length());
          return Pattern.compile(
              regex.replace("<HOST>", "(?<host>[0-9a-fA-F.:]+)").replace("(?P<", "(?<"));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new AssertionError(file + " has no failregex");
  }

  private static String plain(RawStream stream, String user, String password) throws IOException {
    stream.send(
        "<auth xmlns='"
            + SASL
            + "' mechanism='PLAIN'>"
            + RawStream.base64("\0" + user + "\0" + password)
            + "</auth>");
    return stream.await(SASL);
  }

  /** Asks for a challenge (RFC 5802), and answers with a wrong proof. */
  private static Challenge scram(RawStream stream, String user) throws IOException {
    long start = System.nanoTime();
    stream.send(
        "<auth xmlns='"
            + SASL
            + "' mechanism='SCRAM-SHA-256'>"
            + RawStream.base64("n,,n=" + user + ",r=nonce")
            + "</auth>");
    String answer = stream.await(SASL);
    long micros = (System.nanoTime() - start) / 1000;
    assertThat(answer).startsWith("<challenge");
    String text = decode(answer.replaceAll("<[^>]*>", ""));
    Matcher parts = Pattern.compile("r=([^,]+),s=([^,]+),i=(\\d+)").matcher(text);
    assertThat(parts.matches()).as(text).isTrue();
    String proof = RawStream.base64("x".repeat(32));
    stream.send(
        "<response xmlns='"
            + SASL
            + "'>"
            + RawStream.base64("c=biws,r=" + parts.group(1) + ",p=" + proof)
            + "</response>");
    return new Challenge(decode(parts.group(2)), parts.group(3), micros, stream.await(SASL));
  }

  private static String decode(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }

  private static long micros(Action action) throws IOException {
    long start = System.nanoTime();
    action.run();
    return (System.nanoTime() - start) / 1000;
  }

  private static long least(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).min().orElseThrow();
  }
}
