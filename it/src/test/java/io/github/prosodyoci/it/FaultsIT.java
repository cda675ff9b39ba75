package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.ContainerBuilder;
import io.github.prosodyoci.it.container.Tools;
import io.github.prosodyoci.it.container.Volume;
import io.github.prosodyoci.it.container.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong around a server, and what its users notice of it. */
class FaultsIT {

  private static final String DOMAIN = ProsodyImage.DOMAIN;
  private static final String PASSWORD = "wonderland";
  private static final Duration LIMIT = Duration.ofSeconds(10);
  // More with -Dprosodyoci.it.kills=100.
  private static final int KILLS = Integer.getInteger("prosodyoci.it.kills", 6);

  /** Whatever a user got an answer for is there after the server was killed. */
  @ParameterizedTest
  @ValueSource(strings = {"internal", "sql"})
  void kill_underWriteLoad_losesNothingAcknowledged(String storage) throws Exception {
    Volume data = Volume.create();
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int written = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      try (Container server = start(storage, data)) {
        assertKept(server, written);
        written = writeUntilKilled(server, written, 50 + random.nextInt(400));
        assertThat(server.awaitExit(LIMIT)).isEqualTo(128 + 9);
      }
    }
    try (Container server = start(storage, data)) {
      assertKept(server, written);
      System.out.println(
          storage + ": " + KILLS + " kills, " + written + " contacts and messages, none lost");
      try (Client bob = Client.login(server, "bob", PASSWORD)) {
        List<String> all = new ArrayList<>();
        for (int i = 1; i <= written; i++) {
          all.add("message " + i);
        }
        assertThat(PersistenceIT.archive(bob, Client.jid("alice")))
            .as("seed " + seed)
            .containsAll(all);
      }
    }
    assertThat(written).as("writes between the kills").isGreaterThan(KILLS);
  }

  private static Container start(String storage, Volume data) {
    Container server =
        accounts().env("PROSODY_STORAGE", storage).volume(data, ProsodyImage.DATA).start();
    ProsodyImage.awaitClient(server);
    return server;
  }

  private static void killAfter(Container server, int milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.signal("KILL");
  }

  /**
   * Adds contacts and sends messages until the server is killed, and returns the number of the last
   * one that was answered.
   */
  private static int writeUntilKilled(Container server, int last, int milliseconds)
      throws Exception {
    int written = last;
    RawStream alice = RawStream.login(server, "alice", PASSWORD);
    Thread killer = new Thread(() -> killAfter(server, milliseconds), "killer");
    killer.start();
    try {
      while (true) {
        String answer = addContact(alice, "contact" + (written + 1));
        assertThat(answer).contains("type='result'");
        alice.send(
            "<message type='chat' to='bob@example.test'><body>message "
                + (written + 1)
                + "</body></message>");
        // Answered in order: what came before has been stored.
        alice.get("get", DOMAIN, "<ping xmlns='urn:xmpp:ping'/>");
        written++;
      }
    } catch (IOException | AssertionError e) {
      killer.join();
      if (server.awaitExit(LIMIT) != 128 + 9 || e.getMessage().contains("type='error'")) {
        throw e;
      }
      return written;
    }
  }

  private static String addContact(RawStream user, String name) throws IOException {
    return user.get(
        "set",
        null,
        "<query xmlns='jabber:iq:roster'><item jid='" + name + "@elsewhere.test'/></query>");
  }

  private static void assertKept(Container server, int written) throws IOException {
    try (RawStream alice = RawStream.login(server, "alice", PASSWORD)) {
      String roster = alice.get("get", null, "<query xmlns='jabber:iq:roster'/>");
      for (int i = 1; i <= written; i++) {
        assertThat(roster).contains("contact" + i + "@elsewhere.test");
      }
    }
  }

  @Test
  void disk_full_refusesWritesAndRecovers() throws Exception {
    Path folder = mountMemory("3m");
    try (Container server =
        accounts()
            .env("PROSODY_HEALTH_PORT", "8086")
            .volume(Volume.of(folder).owner(100, 101), ProsodyImage.DATA)
            .start()) {
      ProsodyImage.awaitClient(server);
      HealthIT.await(server, 0, "ok");
      try (Client bob = Client.login(server, "bob", PASSWORD);
          RawStream alice = RawStream.login(server, "alice", PASSWORD)) {
        assertThat(addContact(alice, "before")).contains("type='result'");
        Command.of("sh", "-c", "cat /dev/zero > filler").in(folder).run();

        assertThat(addContact(alice, "meanwhile")).contains("type='error'");
        alice.send("<message type='chat' to='bob@example.test'><body>still here</body></message>");
        assertThat(bob.receive()).isEqualTo("alice@example.test: still here");
        HealthIT.await(server, 1, "storage of example.test");
        assertThat(Web.get(server, 8086, DOMAIN, "/live").statusCode()).isEqualTo(200);

        Command.of("rm", "filler").in(folder).output();
        HealthIT.await(server, 0, "ok");
        assertThat(addContact(alice, "after")).contains("type='result'");
      }
      try (RawStream alice = RawStream.login(server, "alice", PASSWORD)) {
        assertThat(alice.get("get", null, "<query xmlns='jabber:iq:roster'/>"))
            .contains("before@elsewhere.test", "after@elsewhere.test");
      }
    } finally {
      Command.of("umount", "-l", folder.toString()).output();
    }
  }

  @Test
  void data_readOnly_endsTheStartWithOneLine() {
    Path folder = Workspace.newFolder("data");
    try (Container server = accounts().mount(folder, ProsodyImage.DATA).start()) {
      assertThat(server.awaitExit(LIMIT)).isOne();
      assertThat(server.log().lines())
          .singleElement()
          .asString()
          .contains("error", ProsodyImage.DATA);
    }
  }

  /** A resolver that never answers, which other servers' names need, delays nobody else. */
  @Test
  void resolver_dead_delaysNoLocalTraffic() throws Exception {
    try (Container server = accounts().env("PROSODY_DNS_RESOLVERS", "127.0.0.1@5353").start()) {
      ProsodyImage.awaitClient(server);
      Process silent =
          new ProcessBuilder(
                  server.inNetwork(
                      List.of(
                          Tools.require("socat"),
                          "-u",
                          "UDP-RECV:5353,bind=127.0.0.1",
                          "OPEN:/dev/null")))
              .start();
      try (RawStream alice = RawStream.login(server, "alice", PASSWORD);
          Client bob = Client.login(server, "bob", PASSWORD)) {
        for (int i = 0; i < 50; i++) {
          alice.send(
              "<message type='chat' to='user@host" + i + ".example'><body>lost</body></message>");
        }
        long start = System.nanoTime();
        alice.send("<message type='chat' to='bob@example.test'><body>here</body></message>");
        assertThat(bob.receive()).isEqualTo("alice@example.test: here");
        Client.login(server, "alice", PASSWORD, "second").close();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
        HealthIT.await(server, 0, "ok");
      } finally {
        silent.destroyForcibly();
      }
    }
  }

  @Test
  void reloads_manyWithNewCertificates_loseNothing() throws Exception {
    Path folder = Workspace.newFolder("certs");
    Path certificate = folder.resolve("example.test.crt");
    Path key = folder.resolve("example.test.key");
    int certificates = 8;
    List<TestCertificates.Pair> pairs = new ArrayList<>();
    for (int serial = 1; serial <= certificates; serial++) {
      pairs.add(TestCertificates.make(serial, DOMAIN));
    }
    pairs.get(0).install(certificate, key);
    try (Container server = accounts().mount(folder, "/etc/prosody/certs").user("100:0").start()) {
      ProsodyImage.awaitClient(server);
      try (Client bob = Client.login(server, "bob", PASSWORD);
          Client alice = Client.login(server, "alice", PASSWORD)) {
        int messages = 0;
        for (TestCertificates.Pair pair : pairs) {
          pair.install(certificate, key);
          for (int i = 0; i < 5; i++) {
            server.signal("HUP");
            alice.send(bob.jid(), "message " + messages);
            assertThat(bob.receive()).endsWith(": message " + messages++);
          }
          Client.login(server, "alice", PASSWORD, "another").close();
        }
        System.out.println(5 * certificates + " reloads, " + messages + " messages, none lost");
      }
      for (int port : new int[] {5223, 5270, 5281}) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (TlsIT.serial(server, port) != certificates && System.nanoTime() < end) {
          Thread.sleep(50);
        }
        assertThat(TlsIT.serial(server, port)).as("port " + port).isEqualTo(certificates);
      }
      assertThat(server.log().text()).doesNotContain("raceback");
    }
  }

  private static ContainerBuilder accounts() {
    return ProsodyImage.server()
        .env(
            "PROSODY_ACCOUNTS",
            "alice@example.test:" + PASSWORD + "\nbob@example.test:" + PASSWORD);
  }

  private static Path mountMemory(String size) {
    assumeTrue(Tools.superuser(), "Only root can mount a small disk");
    Path folder = Workspace.newFolder("disk");
    Command.of(
            "mount", "-t", "tmpfs", "-o", "size=" + size + ",mode=0770", "disk", folder.toString())
        .output();
    return folder;
  }
}
