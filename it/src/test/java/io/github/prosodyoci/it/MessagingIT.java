package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Container;
import java.time.Duration;
import org.jivesoftware.smack.sasl.SASLErrorException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two users talk: one made by the environment, one by prosodyctl in the running container. */
class MessagingIT {

  private static Container server;

  @BeforeAll
  static void start() {
    server =
        ProsodyImage.server()
            .env("LOCAL", "alice")
            .env("DOMAIN", ProsodyImage.DOMAIN)
            .env("PASSWORD", "wonderland & 'quotes' \"too\"")
            .start();
    ProsodyImage.awaitClient(server);
    Command.Result register =
        server.exec("prosodyctl", "register", "bob", ProsodyImage.DOMAIN, "builder");
    assertThat(register.exitCode()).as(register.output()).isZero();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void features_beforeTls_offerStarttlsOnly() {
    String features =
        StreamProbe.awaitFeatures(
            server.address(ProsodyImage.CLIENT_PORT), ProsodyImage.DOMAIN, Duration.ofSeconds(5));

    assertThat(features).contains("urn:ietf:params:xml:ns:xmpp-tls").contains("<required/>");
    assertThat(features).doesNotContain("PLAIN").doesNotContain("mechanism>");
  }

  @Test
  void login_rightPassword_isByScramOverTls() throws Exception {
    try (Client alice = Client.login(server, "alice", "wonderland & 'quotes' \"too\"")) {
      assertThat(alice.connection().isSecureConnection()).isTrue();
      assertThat(alice.mechanism()).startsWith("SCRAM-SHA-");
      System.out.println("Login mechanism: " + alice.mechanism());
      assertThat(alice.serverCertificates().get(0).getSubjectAlternativeNames().toString())
          .contains(ProsodyImage.DOMAIN);
    }
  }

  @Test
  void login_wrongPassword_isRefusedAndThenTheRightOneAccepted() throws Exception {
    assertThatThrownBy(() -> Client.login(server, "bob", "destroyer"))
        .isInstanceOfSatisfying(
            SASLErrorException.class,
            e -> assertThat(e.getSASLFailure().getSASLErrorString()).isEqualTo("not-authorized"));

    Client.login(server, "bob", "builder").close();
  }

  @Test
  void presenceMessagesAndRoster_betweenTwoUsers_arrive() throws Exception {
    try (Client alice = Client.login(server, "alice", "wonderland & 'quotes' \"too\"");
        Client bob = Client.login(server, "bob", "builder")) {
      alice.subscribe(bob.jid(), "Bob");
      bob.subscribe(alice.jid(), "Alice");

      alice.awaitAvailable(bob.jid());
      bob.awaitAvailable(alice.jid());
      alice.awaitRoster("bob@example.test \"Bob\" both [friends]");
      bob.awaitRoster("alice@example.test \"Alice\" both [friends]");

      alice.send(bob.jid(), "Hello Bob, ça va? 🦀");
      assertThat(bob.receive()).isEqualTo("alice@example.test: Hello Bob, ça va? 🦀");
      bob.send(alice.jid(), "Yes & <you>?");
      assertThat(alice.receive()).isEqualTo("bob@example.test: Yes & <you>?");
    }
  }

  @Test
  void message_whileAway_isDeliveredAtLogin() throws Exception {
    server.exec("prosodyctl", "register", "carol", ProsodyImage.DOMAIN, "secret");
    try (Client bob = Client.login(server, "bob", "builder")) {
      bob.send(Client.jid("carol"), "for later");
    }

    try (Client carol = Client.login(server, "carol", "secret")) {
      assertThat(carol.receive()).isEqualTo("bob@example.test: for later");
    }
  }
}
