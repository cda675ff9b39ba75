package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.ContainerBuilder;
import io.github.prosodyoci.it.container.Volume;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.jivesoftware.smack.sasl.SASLErrorException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Accounts that come from other servers, and go there, in a file of XEP-0227. */
class PortabilityIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String FILE = ProsodyImage.DATA + "/accounts.xml";
  private static final String PASSWORD = "wonderland";

  @ParameterizedTest
  @CsvSource({"internal, sql", "sql, internal"})
  void export_importedElsewhere_keepsWhatTheFormatKnows(String from, String to) throws Exception {
    Volume old = Volume.create();
    try (Container server =
        server(from)
            .env(
                "PROSODY_ACCOUNTS",
                "alice@example.test:wonderland\nbob@example.test:wonderland\n"
                    + "carol@example.test:wonderland")
            .volume(old, ProsodyImage.DATA)
            .start()) {
      ProsodyImage.awaitClient(server);
      try (Client alice = Client.login(server, "alice", PASSWORD);
          Client bob = Client.login(server, "bob", PASSWORD)) {
        alice.subscribe(bob.jid(), "Bob & \"friends\" <é>");
        bob.subscribe(alice.jid(), "Alice");
        alice.awaitRoster("bob@example.test \"Bob & \"friends\" <é>\" both [friends]");
        for (int i = 0; i < 3; i++) {
          alice.send(bob.jid(), "message " + i + " <&>");
          bob.receive();
        }
      }
      try (RawStream bob = RawStream.login(server, "bob", PASSWORD)) {
        PersistenceIT.publish(bob);
      }
      server.exec("prosodyctl", "shell", "user:disable('carol@example.test')");
      Command.Result export = server.exec("prosodyctl", "mod_container_xep0227", "export", FILE);
      assertThat(export.exitCode()).as(export.output()).isZero();
      assertThat(export.output()).contains("example.test: 3 accounts");
      assertThat(server.stop(LIMIT)).isZero();
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(old))))
        .isEqualTo("rw-------");

    Volume fresh = Volume.create().write("accounts.xml", Files.readString(file(old)));
    run(server(to), fresh, 0, "Imported 3 accounts", "import", FILE);
    run(server(to), fresh, 1, "alice@example.test exists already; nothing", "import", FILE);

    try (Container server = server(to).volume(fresh, ProsodyImage.DATA).start()) {
      ProsodyImage.awaitClient(server);
      assertThat(server.exec("prosodyctl", "mod_container_xep0227", "import", FILE).output())
          .contains("The server runs on this data");
      try (Client alice = Client.login(server, "alice", PASSWORD);
          Client bob = Client.login(server, "bob", PASSWORD)) {
        alice.awaitRoster("bob@example.test \"Bob & \"friends\" <é>\" both [friends]");
        assertThat(PersistenceIT.archive(bob, alice.jid()))
            .containsExactly("message 0 <&>", "message 1 <&>", "message 2 <&>");
        alice.send(bob.jid(), "one more");
        assertThat(bob.receive()).endsWith("one more");
        assertThat(PersistenceIT.archive(bob, alice.jid())).hasSize(4).endsWith("one more");
      }
      try (RawStream bob = RawStream.login(server, "bob", PASSWORD)) {
        PersistenceIT.assertPublished(bob);
      }
      assertThatThrownBy(() -> Client.login(server, "carol", PASSWORD))
          .as("disabled")
          .isInstanceOf(SASLErrorException.class);
    }
  }

  /** Such a file as another server writes: passwords in the clear, a comment, no extensions. */
  @Test
  void import_ofAnotherServersFile_makesItsAccounts() throws Exception {
    Volume data =
        Volume.create()
            .write(
                "accounts.xml",
                """
                <?xml version='1.0' encoding='UTF-8'?>
                <!-- from elsewhere -->
                <server-data xmlns='urn:xmpp:pie:0'>
                  <host jid='example.test'>
                    <user name='Juliet' password='s3crEt'>
                      <query xmlns='jabber:iq:roster'>
                        <item jid='romeo@montague.example' subscription='both' name='Romeo'>
                          <group>Friends</group>
                        </item>
                      </query>
                    </user>
                  </host>
                </server-data>
                """);
    run(server("internal"), data, 0, "Imported 1 accounts", "import", FILE);

    try (Container server = server("internal").volume(data, ProsodyImage.DATA).start()) {
      ProsodyImage.awaitClient(server);
      try (Client juliet = Client.login(server, "juliet", "s3crEt")) {
        juliet.awaitRoster("romeo@montague.example \"Romeo\" both [Friends]");
      }
      assertThat(data.folder().resolve("example%2etest/accounts/juliet.dat"))
          .as("hashed at the log-in")
          .content()
          .contains("stored_key")
          .doesNotContain("s3crEt");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<server-data xmlns='urn:xmpp:pie:0'><host jid='example.test'><user name='a'/></host>"
            + "</server-data> | a@example.test has no password",
        "<server-data xmlns='urn:xmpp:pie:0'><host jid='other.test'/></server-data>"
            + " | other.test is not served here",
        "<server-data xmlns='urn:xmpp:pie:0'><host jid='example.test'><user name='a b'"
            + " password='p'/></host></server-data> | not a user name: a b",
        "<server-data xmlns='urn:xmpp:pie:0'> | is not of XEP-0227",
        "<!DOCTYPE x [<!ENTITY a 'b'>]><server-data xmlns='urn:xmpp:pie:0'/> | is not of XEP-0227",
      })
  void import_thatCannotBe_changesNothing(String text, String reason) throws Exception {
    Volume data = Volume.create().write("accounts.xml", text);

    run(server("internal"), data, 1, reason, "import", FILE);

    assertThat(data.folder().toFile().list()).doesNotContain("example%2etest");
  }

  @Test
  void command_withoutFile_saysHow() {
    run(server("internal"), Volume.create(), 2, "Usage:", "export");
    run(server("internal"), Volume.create(), 1, "Could not import", "import", "/nowhere");
  }

  private static ContainerBuilder server(String storage) {
    return ProsodyImage.server().env("PROSODY_STORAGE", storage);
  }

  private static Path file(Volume volume) {
    return volume.folder().resolve("accounts.xml");
  }

  /** Runs the command in a container of its own. */
  private static void run(
      ContainerBuilder builder, Volume data, int exitCode, String words, String... arguments) {
    String[] command = new String[arguments.length + 2];
    command[0] = "prosodyctl";
    command[1] = "mod_container_xep0227";
    System.arraycopy(arguments, 0, command, 2, arguments.length);
    try (Container container = builder.volume(data, ProsodyImage.DATA).cmd(command).start()) {
      assertThat(container.awaitExit(LIMIT)).as(container.log().text()).isEqualTo(exitCode);
      assertThat(container.log().text()).contains(words);
    }
  }
}
