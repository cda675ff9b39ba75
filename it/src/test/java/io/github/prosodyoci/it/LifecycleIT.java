package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.ContainerBuilder;
import io.github.prosodyoci.it.container.Volume;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Start, stop and start again. */
class LifecycleIT {

  private static final Duration STOP = Duration.ofSeconds(5);

  @Test
  void start_unconfiguredVolume_acceptsClientEachTime() {
    long[] millis = new long[5];
    for (int i = 0; i < millis.length; i++) {
      try (Container server = ProsodyImage.server().start()) {
        ProsodyImage.awaitClient(server);
        millis[i] = server.age().toMillis();
        assertThat(server.isRunning()).isTrue();
      }
    }
    Arrays.sort(millis);

    // The benchmark holds the budget; this bound is for machines that are busy with other tests.
    assertThat(millis[millis.length / 2]).as("median in milliseconds").isLessThan(10_000);
    System.out.println(
        "Container start to first accepted client, "
            + millis.length
            + " runs: median "
            + millis[millis.length / 2]
            + " ms, worst "
            + millis[millis.length - 1]
            + " ms");
  }

  @Test
  void start_noCertificateMounted_warnsLoudly() {
    try (Container server = ProsodyImage.server().start()) {
      ProsodyImage.awaitClient(server);

      assertThat(server.log().await("SELF-SIGNED", Duration.ofSeconds(1))).contains(" warn\t");
    }
  }

  @Test
  void start_noResolverFilesMounted_servesClients() throws Exception {
    try (Container server = withAlice().withoutResolverFiles().start()) {
      ProsodyImage.awaitClient(server);

      Client.login(server, "alice", "wonderland").close();
      assertThat(server.isRunning()).isTrue();
    }
  }

  @Test
  void start_asImageSays_isNotRootAndWritesNothingOutsideVolumes() throws Exception {
    try (Container server = withAlice().start()) {
      ProsodyImage.awaitClient(server);
      Client.login(server, "alice", "wonderland").close();

      String status = server.exec("cat", "/proc/1/status").output();
      assertThat(status).containsPattern("Uid:\\s+[1-9]").containsPattern("CapEff:\\s+0+\\n");
      server.stop(STOP);
      // What is in /run and /tmp is not meant to last, wherever it lies.
      assertThat(server.changes()).filteredOn(line -> !line.matches("/(run|tmp)/.*")).isEmpty();
    }
  }

  @Test
  void start_readOnlyAndAnyUser_servesClients() throws Exception {
    Volume data = Volume.create().owner(0, 0).mode("0770");
    try (Container server =
        withAlice()
            .user("123456:0")
            .readOnly()
            .tmpfs("/run")
            .tmpfs("/tmp")
            .volume(Volume.of(data.folder()), ProsodyImage.DATA)
            .start()) {
      ProsodyImage.awaitClient(server);

      Client.login(server, "alice", "wonderland").close();
      assertThat(server.stop(STOP)).isZero();
    }
  }

  @Test
  void stop_noClients_endsCleanly() {
    try (Container server = ProsodyImage.server().start()) {
      ProsodyImage.awaitClient(server);

      assertEndsCleanly(server);
    }
  }

  @Test
  void stop_clientsConnected_endsCleanly() throws Exception {
    try (Container server = withAlice().start()) {
      ProsodyImage.awaitClient(server);
      try (Client alice = Client.login(server, "alice", "wonderland");
          Socket halfOpen =
              StreamProbe.open(server.address(ProsodyImage.CLIENT_PORT), ProsodyImage.DOMAIN)) {
        assertThat(alice.connection().isAuthenticated()).isTrue();
        assertThat(halfOpen.isConnected()).isTrue();

        assertEndsCleanly(server);
      }
    }
  }

  @Test
  void restart_sameVolume_knowsUsersAndRosters() throws Exception {
    Volume data = Volume.create();
    try (Container server = withAlice().volume(data, ProsodyImage.DATA).start()) {
      ProsodyImage.awaitClient(server);
      server.exec("prosodyctl", "register", "bob", ProsodyImage.DOMAIN, "builder");
      try (Client alice = Client.login(server, "alice", "wonderland")) {
        alice.subscribe(Client.jid("bob"), "Bob");
        alice.awaitRoster("bob@example.test \"Bob\" none [friends]");
      }
      assertEndsCleanly(server);
    }

    try (Container server = ProsodyImage.server().volume(data, ProsodyImage.DATA).start()) {
      ProsodyImage.awaitClient(server);

      Client.login(server, "bob", "builder").close();
      try (Client alice = Client.login(server, "alice", "wonderland")) {
        alice.awaitRoster("bob@example.test \"Bob\" none [friends]");
      }
    }
  }

  @Test
  void restart_afterKill_startsUnaided() throws Exception {
    Volume data = Volume.create();
    try (Container server = withAlice().volume(data, ProsodyImage.DATA).start()) {
      ProsodyImage.awaitClient(server);
      server.signal("KILL");
      assertThat(server.awaitExit(STOP)).isEqualTo(128 + 9);
    }

    try (Container server = withAlice().volume(data, ProsodyImage.DATA).start()) {
      ProsodyImage.awaitClient(server);

      Client.login(server, "alice", "wonderland").close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"timer", "stanza"})
  void memory_exhausted_endsTheProcess(String place) throws Exception {
    Volume modules =
        Volume.create()
            .write(
                "mod_hog.lua",
                "local function hog() local all = {} while true do all[#all + 1] = ('x'):rep(99999) .. #all end end\n"
                    + "module:hook('iq/host/urn:hog:timer:q', function() module:add_timer(0, hog) return true end)\n"
                    + "module:hook('iq/host/urn:hog:stanza:q', hog)\n");
    try (Container server =
        withAlice()
            .env("PROSODY_ENABLE_MODULES", "hog")
            .volume(modules, "/usr/lib/prosody/modules")
            .entrypoint("sh", "-c", "ulimit -v 65536; exec /usr/bin/prosody-entrypoint")
            .start()) {
      ProsodyImage.awaitClient(server);
      try (RawStream alice = RawStream.login(server, "alice", "wonderland")) {
        alice.send(
            "<iq type='set' id='h' to='example.test'><q xmlns='urn:hog:" + place + "'/></iq>");

        assertThat(server.awaitExit(Duration.ofSeconds(10))).isOne();
      }
      assertThat(server.log().text()).contains("error\tOut of memory: the server ends here");
    }
  }

  private static ContainerBuilder withAlice() {
    return ProsodyImage.server()
        .env("LOCAL", "alice")
        .env("DOMAIN", ProsodyImage.DOMAIN)
        .env("PASSWORD", "wonderland");
  }

  private static void assertEndsCleanly(Container server) {
    long start = System.nanoTime();
    assertThat(server.stop(STOP)).as(server.log().text()).isZero();
    System.out.println("Stopped in " + (System.nanoTime() - start) / 1_000_000 + " ms");
    assertThat(server.log().text()).contains("Shutdown complete");
  }
}
