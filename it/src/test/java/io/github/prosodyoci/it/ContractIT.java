package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.ContainerBuilder;
import io.github.prosodyoci.it.container.Volume;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.jivesoftware.smack.sasl.SASLErrorException;
import org.junit.jupiter.api.Test;

/** What those who run the container rely on: users, signals, logs, commands and administration. */
class ContractIT {

  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final String ETC = "/etc/prosody";

  @Test
  void start_dataNotWritable_endsAtOnceWithPathAndUser() {
    Volume data = Volume.create().owner(0, 0).mode("0555");
    try (Container server =
        ProsodyImage.server()
            .user("123456:0")
            .volume(Volume.of(data.folder()), ProsodyImage.DATA)
            .start()) {
      assertThat(server.awaitExit(Duration.ofSeconds(2))).isOne();
      assertThat(server.log().text())
          .hasLineCount(1)
          .contains("/var/lib/prosody", "123456", "Permission denied");
    }
  }

  @Test
  void start_dataMountedReadOnly_endsAtOnceWithPath() {
    Volume data = Volume.create();
    try (Container server = ProsodyImage.server().mount(data.folder(), ProsodyImage.DATA).start()) {
      assertThat(server.awaitExit(Duration.ofSeconds(2))).isOne();
      assertThat(server.log().text()).hasLineCount(1).contains("/var/lib/prosody");
    }
  }

  @Test
  void start_anotherUserOnTheSameVolume_findsEverything() throws Exception {
    Volume data = Volume.create();
    try (Container server = withAlice().user("100:0").volume(data, ProsodyImage.DATA).start()) {
      ProsodyImage.awaitClient(server);
      Client.login(server, "alice", "wonderland").close();
      assertThat(server.stop(LIMIT)).isZero();
    }
    try (Container server =
        ProsodyImage.server().user("654321:0").volume(data, ProsodyImage.DATA).start()) {
      ProsodyImage.awaitClient(server);
      Client.login(server, "alice", "wonderland").close();
      assertThat(server.exec("/usr/bin/prosody-health").exitCode()).isZero();
    }
  }

  @Test
  void stop_clientsThatDoNotAnswer_endsCleanly() throws Exception {
    try (Container server = withAlice().start()) {
      ProsodyImage.awaitClient(server);
      try (RawStream deaf = RawStream.login(server, "alice", "wonderland");
          Socket halfOpen = new Socket()) {
        deaf.send("<presence/>");
        halfOpen.connect(server.address(5223));
        // The start of a TLS record that never ends.
        halfOpen.getOutputStream().write(new byte[] {22, 3, 1, 2, 0, 1});
        long start = System.nanoTime();

        assertThat(server.stop(LIMIT)).as(server.log().text()).isZero();
        System.out.println(
            "Stopped in " + (System.nanoTime() - start) / 1_000_000 + " ms with deaf clients");
        assertThat(server.log().lines()).last().asString().contains("Shutdown complete");
      }
    }
  }

  @Test
  void reload_dropInChanged_isTakenWithoutRestart() throws Exception {
    Volume etc = Volume.create().write("conf.d/a.cfg.lua", "custom_word = 'first'\n");
    try (Container server = withAlice().volume(etc, ETC).start()) {
      ProsodyImage.awaitClient(server);
      try (Client alice = Client.login(server, "alice", "wonderland")) {
        assertThat(option(server, "custom_word")).contains("first");
        etc.write("conf.d/a.cfg.lua", "custom_word = 'second'\n");
        server.signal("HUP");
        awaitOption(server, "custom_word", "second");

        etc.write("conf.d/a.cfg.lua", "custom_word = = 'third'\n");
        server.signal("HUP");
        assertThat(server.log().await("error parsing the configuration", LIMIT))
            .contains("a.cfg.lua:1:");
        etc.write("conf.d/a.cfg.lua", "\n");
        assertThat(option(server, "custom_word")).contains("second");
        assertThat(alice.connection().isConnected()).isTrue();
      }
    }
  }

  @Test
  void log_withoutTerminal_hasNoColours() {
    try (Container server = ProsodyImage.server().env("PROSODY_LOGLEVEL", "debug").start()) {
      ProsodyImage.awaitClient(server);
      server.stop(LIMIT);

      assertThat(server.log().text()).contains("warn\t").doesNotContain("\u001b");
    }
  }

  @Test
  void log_withTimestamps_beginsEachLineWithTheTime() {
    try (Container server = ProsodyImage.server().env("PROSODY_LOG_TIMESTAMPS", "yes").start()) {
      ProsodyImage.awaitClient(server);

      assertThat(server.log().lines())
          .allMatch(line -> line.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\+0000 .*"));
    }
  }

  @Test
  void log_asJson_isAnObjectPerLine() throws Exception {
    try (Container server =
        withAlice().env("PROSODY_LOG_FORMAT", "json").env("PROSODY_LOGLEVEL", "debug").start()) {
      ProsodyImage.awaitClient(server);
      Client.login(server, "alice", "wonderland").close();
      server.stop(LIMIT);

      JsonMapper mapper = new JsonMapper();
      assertThat(server.log().lines()).hasSizeGreaterThan(50);
      for (String line : server.log().lines()) {
        JsonNode event = mapper.readTree(line);
        assertThat(event.path("time").asText()).matches("\\d{4}-.*T.*\\.\\d{3}Z");
        assertThat(event.path("level").asText()).isIn("debug", "info", "warn", "error");
        assertThat(event.path("source").asText()).isNotEmpty();
        assertThat(event.has("message")).isTrue();
      }
    }
  }

  @Test
  void arguments_ofProsodyctl_runItWithoutTheServer() {
    Volume etc = Volume.create().write("conf.d/a.cfg.lua", "c2s_ports = { 5222 }\n");
    try (Container check = ProsodyImage.server().volume(etc, ETC).cmd("check", "config").start()) {
      assertThat(check.awaitExit(LIMIT)).as(check.log().text()).isZero();
      assertThat(check.log().text()).contains("All checks passed");
    }
    etc.write("conf.d/a.cfg.lua", "c2s_ports = { 5222 \n");
    try (Container check = ProsodyImage.server().volume(etc, ETC).cmd("check", "config").start()) {
      assertThat(check.awaitExit(LIMIT)).isOne();
      assertThat(check.log().text()).contains("a.cfg.lua");
    }
  }

  @Test
  void prosodyctl_inRunningContainer_works() throws Exception {
    Volume data = Volume.create();
    try (Container server =
        withAlice().env("PROSODY_TURN_SECRET", "relay").volume(data, ProsodyImage.DATA).start()) {
      ProsodyImage.awaitClient(server);

      assertThat(prosodyctl(server, 0, "status")).contains("Prosody is running");
      assertThat(prosodyctl(server, 0, "check", "config")).contains("All checks passed");
      assertThat(prosodyctl(server, 0, "check", "features")).doesNotContain("(!)");
      assertThat(prosodyctl(server, 0, "check", "certs")).contains("example.test");
      assertThat(prosodyctl(server, 0, "shell", "user", "list", "example.test")).contains("alice");
      prosodyctl(server, 0, "shell", "user", "create", "bob@example.test", "builder");
      Client.login(server, "bob", "builder").close();
      assertThat(prosodyctl(server, 1, "shell", "user", "create", "bob@example.test", "x"))
          .contains("exists");
    }
    try (Container stopped =
        ProsodyImage.server().volume(data, ProsodyImage.DATA).cmd("status").start()) {
      assertThat(stopped.awaitExit(LIMIT)).isEqualTo(2);
      assertThat(stopped.log().text()).contains("not running");
    }
  }

  @Test
  void registration_withoutInvitation_isRefusedAndWithOneDone() throws Exception {
    try (Container server = ProsodyImage.server().start()) {
      ProsodyImage.awaitClient(server);

      try (RawStream stranger = RawStream.open(server, ProsodyImage.DOMAIN)) {
        assertThat(register(stranger, "mallory")).contains("type='error'");
      }
      assertThatThrownBy(() -> Client.login(server, "mallory", "secret"))
          .isInstanceOf(SASLErrorException.class);

      String token =
          Invitations.token(
              prosodyctl(server, 0, "shell", "invite", "create_account", "carol@example.test"));
      try (RawStream guest = RawStream.open(server, ProsodyImage.DOMAIN)) {
        String preauth = "<preauth xmlns='urn:xmpp:pars:0' token='" + token + "'/>";
        assertThat(guest.get("set", ProsodyImage.DOMAIN, preauth)).contains("type='result'");
        assertThat(register(guest, "carol")).contains("type='result'");
      }
      Client.login(server, "carol", "secret").close();
    }
  }

  @Test
  void adminCommands_areForAdminsOnly() throws Exception {
    try (Container server =
        ProsodyImage.server()
            .env("PROSODY_ADMINS", "alice@example.test , bob@example.test")
            .env("PROSODY_ACCOUNTS", "bob@example.test:builder\ncarol@example.test:sings")
            .start()) {
      ProsodyImage.awaitClient(server);

      assertThat(listOfModules(server, "bob", "builder")).contains("type='result'", "<command");
      assertThat(listOfModules(server, "carol", "sings")).contains("type='error'", "forbidden");
    }
  }

  @Test
  void flood_ofOneClient_isSlowedDownAndHarmsNobodyElse() throws Exception {
    try (Container server =
        withAlice().env("PROSODY_ACCOUNTS", "bob@example.test:builder").start()) {
      ProsodyImage.awaitClient(server);
      try (RawStream flooder = RawStream.login(server, "alice", "wonderland");
          RawStream other = RawStream.login(server, "bob", "builder")) {
        // 35 kB at 10 kB/s, of which two seconds' worth pass at once.
        long start = System.nanoTime();
        flooder.send(" ".repeat(35_000) + ping("f"));
        other.send(ping("o"));
        other.await("id='o'");
        Duration undisturbed = Duration.ofNanos(System.nanoTime() - start);
        flooder.await("id='f'");
        Duration slowed = Duration.ofNanos(System.nanoTime() - start);

        System.out.println("Flooder answered after " + slowed + ", other after " + undisturbed);
        assertThat(slowed).isGreaterThan(Duration.ofSeconds(1));
        assertThat(undisturbed).isLessThan(Duration.ofSeconds(1));
      }
    }
  }

  private static String ping(String id) {
    return "<iq type='get' id='" + id + "' to='example.test'><ping xmlns='urn:xmpp:ping'/></iq>";
  }

  @Test
  void ports_ofHttpAndComponents_areOpenToOthers() throws Exception {
    try (Container server =
        ProsodyImage.server()
            .env("PROSODY_EXTERNAL_COMPONENTS", "bridge.example.test:secret")
            .start()) {
      ProsodyImage.awaitClient(server);

      for (int port : List.of(5222, 5223, 5269, 5270, 5280, 5281, 5347)) {
        try (Socket socket = new Socket()) {
          socket.connect(server.address(port));
          socket.setSoTimeout(300);
          assertThat(isOpen(socket)).as("port " + port).isTrue();
        }
      }
    }
  }

  /** The way to the container is a relay: a closed port shows in that it ends the connection. */
  private static boolean isOpen(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() >= 0;
    } catch (java.net.SocketTimeoutException e) {
      return true;
    }
  }

  private static String listOfModules(Container server, String user, String password)
      throws IOException {
    try (RawStream stream = RawStream.login(server, user, password)) {
      return stream.get(
          "set",
          ProsodyImage.DOMAIN,
          "<command xmlns='http://jabber.org/protocol/commands' action='execute'"
              + " node='http://prosody.im/protocol/modules#list'/>");
    }
  }

  private static String register(RawStream stream, String user) throws IOException {
    return stream.get(
        "set",
        ProsodyImage.DOMAIN,
        "<query xmlns='jabber:iq:register'><username>"
            + user
            + "</username><password>secret</password></query>");
  }

  private static String prosodyctl(Container server, int exitCode, String... arguments) {
    String[] command = new String[arguments.length + 1];
    command[0] = "prosodyctl";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    Command.Result result = server.exec(command);
    assertThat(result.exitCode()).as(result.output()).isEqualTo(exitCode);
    return result.output();
  }

  private static String option(Container server, String option) {
    return prosodyctl(server, 0, "shell", "config:get('" + option + "')");
  }

  private static void awaitOption(Container server, String option, String value)
      throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!option(server, option).contains(value)) {
      assertThat(System.nanoTime()).as(server.log().text()).isLessThan(end);
      Thread.sleep(50);
    }
  }

  private static ContainerBuilder withAlice() {
    return ProsodyImage.server()
        .env("LOCAL", "alice")
        .env("DOMAIN", ProsodyImage.DOMAIN)
        .env("PASSWORD", "wonderland");
  }
}
