package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.Volume;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The health check: what it finds to be well, and what it must not. */
class HealthIT {

  private static final int PORT = 8086;

  @Test
  void check_afterStart_isHealthyWithinBudget() {
    try (Container server = ProsodyImage.server().start()) {
      while (check(server).exitCode() != 0) {
        assertThat(server.age()).as(server.log().text()).isLessThan(Duration.ofSeconds(5));
      }
      System.out.println("Healthy after " + server.age().toMillis() + " ms");

      assertThat(check(server).output()).isEqualTo("{\"status\":\"ok\"}\n");
    }
  }

  @Test
  void check_eventLoopStopped_fails() {
    try (Container server = started()) {
      server.signal("STOP");
      long start = System.nanoTime();
      Command.Result result = check(server);

      assertThat(result.exitCode()).isOne();
      assertThat(result.output()).contains("no answer within 3 s");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
      server.signal("CONT");
      assertThat(check(server).exitCode()).isZero();
    }
  }

  @Test
  void check_listenerMissing_failsWithItsName() {
    try (Container server = started()) {
      server.exec("prosodyctl", "shell", "port:close(5269)");

      assertThat(check(server).exitCode()).isOne();
      assertThat(check(server).output()).contains("s2s does not listen on port 5269");
    }
  }

  @Test
  void check_portTaken_failsWithItsName() {
    // Two services of one server want the same port: the second one goes without.
    Volume etc = Volume.create().write("conf.d/clash.cfg.lua", "c2s_direct_tls_ports = { 5269 }\n");
    try (Container server = ProsodyImage.server().volume(etc, "/etc/prosody").start()) {
      ProsodyImage.awaitClient(server);

      assertThat(check(server).exitCode()).isOne();
      assertThat(check(server).output()).contains("does not listen on port 5269");
    }
  }

  @Test
  void check_storageDead_fails() {
    Volume data = Volume.create();
    try (Container server = ProsodyImage.server().volume(data, ProsodyImage.DATA).start()) {
      ProsodyImage.awaitClient(server);
      assertThat(check(server).exitCode()).isZero();
      String folder = data.folder().resolve("example%2etest").toString();
      Command.of("chmod", "a-rwx", folder).output();

      await(server, 1, "storage of example.test");
      Command.of("chmod", "u+rwx", folder).output();
      await(server, 0, "ok");
    }
  }

  @Test
  void check_hostsOfOtherKinds_areHealthy() {
    Volume etc =
        Volume.create()
            .write("hosts.d/guest.test.cfg.lua", "authentication = 'anonymous'\n")
            .write("hosts.d/export.test.cfg.lua", "storage = 'xep0227'\n")
            .write("hosts.d/none.test.cfg.lua", "storage = 'none'\n")
            .write("hosts.d/mixed.test.cfg.lua", "storage = { archive = 'memory' }\n");
    try (Container server = ProsodyImage.server().volume(etc, "/etc/prosody").start()) {
      ProsodyImage.awaitClient(server, "none.test");

      assertThat(check(server).output()).isEqualTo("{\"status\":\"ok\"}\n");
      assertThat(server.log().lines())
          .noneMatch(line -> line.matches("\\S*container\\S*\\s+error\\s.*"));
    }
  }

  @Test
  void check_authenticationThatCannotBeLoaded_failsWithItsName() {
    Volume etc = Volume.create().write("hosts.d/staff.test.cfg.lua", "authentication = 'ldap'\n");
    try (Container server = ProsodyImage.server().volume(etc, "/etc/prosody").start()) {
      ProsodyImage.awaitClient(server);

      assertThat(check(server).exitCode()).isOne();
      assertThat(check(server).output())
          .contains("nobody can log in to staff.test: mod_auth_ldap could not be loaded");
    }
  }

  @Test
  void live_storageDead_isAliveThoughNotHealthy() throws Exception {
    Volume data = Volume.create();
    try (Container server =
        ProsodyImage.server()
            .env("PROSODY_HEALTH_PORT", "" + PORT)
            .volume(data, ProsodyImage.DATA)
            .start()) {
      ProsodyImage.awaitClient(server);
      assertThat(check(server).exitCode()).isZero();
      String folder = data.folder().resolve("example%2etest").toString();
      Command.of("chmod", "a-rwx", folder).output();

      await(server, 1, "storage of example.test");
      assertThat(get(server, PORT, "/health").statusCode()).isEqualTo(503);
      assertThat(get(server, PORT, "/live").statusCode()).isEqualTo(200);
      Command.of("chmod", "u+rwx", folder).output();
    }
  }

  @Test
  void start_storageThatCannotBeLoaded_endsInsteadOfForgettingAll() {
    Volume etc = Volume.create().write("conf.d/x.cfg.lua", "storage = 'floppy'\n");
    try (Container server = ProsodyImage.server().volume(etc, "/etc/prosody").start()) {
      assertThat(server.awaitExit(Duration.ofSeconds(5))).isOne();
      assertThat(server.log().text()).contains("storage of example.test could not be loaded");
    }
    Volume data = Volume.create().write("prosody.sqlite/not-a-database", "");
    try (Container server =
        ProsodyImage.server()
            .env("PROSODY_SQL_DRIVER", "SQLite3")
            .volume(data, ProsodyImage.DATA)
            .start()) {
      assertThat(server.awaitExit(Duration.ofSeconds(5))).isOne();
      assertThat(server.log().text()).contains("storage of example.test could not be loaded");
    }
  }

  @Test
  void http_whenSwitchedOn_answersOnItsOwnPortOnly() throws Exception {
    try (Container server = ProsodyImage.server().env("PROSODY_HEALTH_PORT", "" + PORT).start()) {
      ProsodyImage.awaitClient(server);

      HttpResponse<String> well = get(server, PORT, "/health");
      assertThat(well.statusCode()).isEqualTo(200);
      assertThat(well.body()).isEqualTo("{\"status\":\"ok\"}\n");
      assertThat(get(server, PORT, "/").statusCode()).isEqualTo(404);
      assertThat(get(server, 5280, "/health").statusCode()).isEqualTo(404);

      server.exec("prosodyctl", "shell", "port:close(5222)");
      HttpResponse<String> ill = get(server, PORT, "/health");
      assertThat(ill.statusCode()).isEqualTo(503);
      assertThat(ill.body())
          .as("nothing that strangers should know")
          .isEqualTo("{\"status\":\"failing\"}\n");
      assertThat(check(server).output()).contains("c2s does not listen on port 5222");
      assertThat(server.log().text())
          .containsOnlyOnce("Health check: c2s does not listen on port 5222");
    }
  }

  @Test
  void image_healthcheck_callsTheCheck() {
    List<String> test = new ArrayList<>();
    ProsodyImage.archive()
        .config()
        .document()
        .path("config")
        .path("Healthcheck")
        .path("Test")
        .forEach(word -> test.add(word.asText()));

    assertThat(test).containsExactly("CMD", "/usr/bin/prosody-health");
  }

  private static Container started() {
    Container server = ProsodyImage.server().start();
    ProsodyImage.awaitClient(server);
    return server;
  }

  private static Command.Result check(Container server) {
    return server.exec("/usr/bin/prosody-health");
  }

  /** Waits until the health check ends with an exit code, and says something. */
  static void await(Container server, int exitCode, String part) {
    long end = System.nanoTime() + Duration.ofSeconds(6).toNanos();
    Command.Result result = check(server);
    while (result.exitCode() != exitCode && System.nanoTime() < end) {
      result = check(server);
    }
    assertThat(result.exitCode()).as(result.output()).isEqualTo(exitCode);
    assertThat(result.output()).contains(part);
  }

  private static HttpResponse<String> get(Container server, int port, String path)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://localhost:" + server.address(port).getPort() + path);
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }
}
