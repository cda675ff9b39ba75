package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.ContainerBuilder;
import io.github.prosodyoci.it.container.Volume;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Three servers, each in its own network, linked by cables. Two of them have certificates of a
 * private authority and trust it; the third makes its own.
 */
class FederationIT {

  private static final String A = "north.example";
  private static final String B = "south.example";
  private static final String STRANGER = "west.example";
  private static final String PASSWORD = "wonderland";
  private static final String ADDRESS_A = "10.89.0.1";
  private static final String ADDRESS_B = "10.89.0.2";
  private static final String ADDRESS_STRANGER = "10.89.0.3";
  private static final int DNS_PORT = 5353;

  private static final TestAuthority AUTHORITY = new TestAuthority();
  private static Container a;
  private static Container b;
  private static Container stranger;

  @BeforeAll
  static void start() throws IOException {
    Path scripts =
        Path.of(System.getProperty("prosodyoci.it.root"), "it/src/test/lua").toAbsolutePath();
    // Two ways to add an authority: one file more in the system's folder, or one that a variable
    // names.
    a =
        server(A, true)
            .mount(AUTHORITY.certificate(), "/etc/ssl/certs/" + AUTHORITY.hashedName())
            .mount(scripts, "/opt")
            .start();
    b =
        server(B, true)
            .mount(AUTHORITY.certificate(), "/opt/ca.pem")
            .env("PROSODY_CA_FILE", "/opt/ca.pem")
            .start();
    stranger = server(STRANGER, false).start();
    a.connect(ADDRESS_A, b, ADDRESS_B);
    a.connect(ADDRESS_A, stranger, ADDRESS_STRANGER);
    a.execInBackground(
        "lua5.4",
        "/opt/dns.lua",
        "" + DNS_PORT,
        A + "=" + ADDRESS_A,
        B + "=" + ADDRESS_B,
        STRANGER + "=" + ADDRESS_STRANGER);
    ProsodyImage.awaitClient(a, A);
    ProsodyImage.awaitClient(b, B);
    ProsodyImage.awaitClient(stranger, STRANGER);
  }

  @AfterAll
  static void stop() {
    for (Container container : new Container[] {a, b, stranger}) {
      if (container != null) {
        container.close();
      }
    }
  }

  @Test
  void message_trustedServers_arrivesBothWays() throws Exception {
    try (RawStream alice = RawStream.login(a, A, "alice", PASSWORD);
        RawStream bob = RawStream.login(b, B, "alice", PASSWORD)) {
      bob.send("<presence/>");
      alice.send("<presence/>");

      alice.send("<message type='chat' to='alice@south.example'><body>across</body></message>");
      assertThat(bob.await("<body>across</body>")).contains("from='alice@north.example/raw'");
      bob.send("<message type='chat' to='alice@north.example'><body>and back</body></message>");
      assertThat(alice.await("<body>and back</body>")).contains("from='alice@south.example/raw'");
    }
    // By certificates, not by dialback.
    b.log().await("Accepting SASL EXTERNAL identity from " + A, Duration.ofSeconds(1));
    a.log().await("Accepting SASL EXTERNAL identity from " + B, Duration.ofSeconds(1));
    Command.Result sessions = a.exec("prosodyctl", "shell", "s2s:show()");
    assertThat(sessions.output()).contains(B).containsPattern("TLSv1\\.[23]");
  }

  @Test
  void message_toServerWithUntrustedCertificate_isReturned() throws Exception {
    try (RawStream alice = RawStream.login(a, A, "alice", PASSWORD)) {
      alice.send("<message id='m1' to='alice@west.example'><body>secret</body></message>");

      assertThat(alice.await("<message", "id='m1'")).contains("type='error'");
    }
    a.log().await("Outgoing s2s stream " + A + "->" + STRANGER + " closed", Duration.ofSeconds(5));
    assertThat(a.log().text())
        .contains("insecure connection to/from " + STRANGER + " because its certificate is self-");
    assertThat(stranger.log().text()).doesNotContain("secret");
  }

  @Test
  void message_fromServerWithUntrustedCertificate_isRefused() throws Exception {
    try (RawStream alice = RawStream.login(a, A, "alice", PASSWORD);
        RawStream eve = RawStream.login(stranger, STRANGER, "alice", PASSWORD)) {
      alice.send("<presence/>");
      eve.send("<message id='m2' to='alice@north.example'><body>let me in</body></message>");

      assertThat(eve.await("<message", "id='m2'")).contains("type='error'");
      assertThat(alice.within(Duration.ofMillis(300))).doesNotContain("let me in");
      a.log()
          .await("Incoming s2s stream " + STRANGER + "->" + A + " closed", Duration.ofSeconds(5));
    }
  }

  private static ContainerBuilder server(String domain, boolean certified) throws IOException {
    Volume configuration = Volume.create();
    if (certified) {
      AUTHORITY.issue(domain, configuration, "certs");
    }
    return ProsodyImage.archive()
        .container()
        .env("PROSODY_VIRTUAL_HOSTS", domain)
        .env("PROSODY_ACCOUNTS", "alice@" + domain + ":" + PASSWORD)
        .env("PROSODY_DNS_RESOLVERS", ADDRESS_A + "@" + DNS_PORT)
        .env("PROSODY_S2S_SECURE_AUTH", domain.equals(STRANGER) ? "off" : "on")
        .volume(configuration, "/etc/prosody");
  }
}
