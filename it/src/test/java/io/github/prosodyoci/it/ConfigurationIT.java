package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.ContainerBuilder;
import io.github.prosodyoci.it.container.Volume;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the image makes of variables and of files of configuration. */
class ConfigurationIT {

  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final String OWN = "/etc/prosody";

  @Test
  void units_underTheImagesOwnLua_pass() {
    Path tests = Path.of(System.getProperty("prosodyoci.it.root"), "it/src/test/lua").normalize();
    try (Container lua =
        ProsodyImage.archive()
            .container()
            .mount(tests.toAbsolutePath(), "/opt")
            .entrypoint("/usr/bin/lua5.4", "/opt/run.lua", "/opt")
            .start()) {
      assertThat(lua.awaitExit(Duration.ofSeconds(30))).as(lua.log().text()).isZero();
      assertThat(lua.log().text()).containsPattern("[1-9][0-9]+ tests, 0 failures");
      System.out.println("Lua: " + lua.log().text());
    }
  }

  @Test
  void documentation_tableOfVariables_isThatOfTheImage() throws Exception {
    Path root = Path.of(System.getProperty("prosodyoci.it.root")).toAbsolutePath().normalize();
    String table;
    try (Container lua =
        ProsodyImage.archive()
            .container()
            .mount(root.resolve("it/src/test/lua"), "/opt")
            .entrypoint("/usr/bin/lua5.4", "/opt/table.lua")
            .start()) {
      assertThat(lua.awaitExit(LIMIT)).as(lua.log().text()).isZero();
      table = lua.log().text().strip();
    }

    String documentation = Files.readString(root.resolve("docs/configuration.md"));
    assertThat(documentation)
        .as("the tables between the two marks of docs/configuration.md: put in what is expected")
        .contains("<!-- variables -->\n\n" + table + "\n\n<!-- end of variables -->");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PROSODY_LOGLEVEL | chatty",
        "PROSODY_VIRTUAL_HOSTS | a/b",
        "PROSODY_COMPONENTS | rooms.example.test",
        "PROSODY_UPLOAD_LIMIT_MB | big",
        "PROSODY_RETENTION_DAYS | -1",
        "PROSODY_S2S_SECURE_AUTH | perhaps",
        "PROSODY_C2S_RATE_LIMIT | fast",
        "PROSODY_TURN_PORT | 70000",
        "PROSODY_SQL_DRIVER | Oracle",
        "PROSODY_STATISTICS | collectd",
        "PROSODY_CA_FILE | /nowhere.pem",
        "PROSODY_SQL_DRIVER | PostgreSQL",
        "PROSODY_TURN_SECRET_FILE | /nowhere",
        "PROSODY_EXTERNAL_COMPONENTS | bridge.example.test",
        "PASSWORD | lonely",
      })
  void start_badValue_endsWithItsName(String name, String value) {
    try (Container server = ProsodyImage.server().env(name, value).start()) {
      assertThat(server.awaitExit(LIMIT)).isEqualTo(1);

      String variable =
          name.equals("PASSWORD") ? "LOCAL" : name.replaceFirst("SECRET_FILE$", "SECRET");
      assertThat(server.log().lines())
          .anyMatch(line -> line.startsWith("error\t" + variable + ":"));
      assertThat(server.log().text()).doesNotContain("traceback", "lonely");
    }
  }

  @Test
  void start_emptyVariables_areAsIfNotSet() throws Exception {
    ContainerBuilder builder = withAlice();
    for (String name :
        new String[] {
          "PROSODY_ADMINS",
          "PROSODY_ARCHIVE_EXPIRY_DAYS",
          "PROSODY_CERTIFICATES",
          "PROSODY_COMPONENTS",
          "PROSODY_DNS_RESOLVERS",
          "PROSODY_EXTERNAL_COMPONENTS",
          "PROSODY_EXTRA_CONFIG",
          "PROSODY_LOGLEVEL",
          "PROSODY_NETWORK_HOSTNAME",
          "PROSODY_RETENTION_DAYS",
          "PROSODY_S2S_SECURE_AUTH",
          "PROSODY_SQL_DRIVER",
          "PROSODY_STATISTICS",
          "PROSODY_STORAGE",
          "PROSODY_TURN_SECRET",
          "PROSODY_UPLOAD_LIMIT_MB",
          "PROSODY_USE_DANE",
        }) {
      builder.env(name, "");
    }
    try (Container server = builder.start()) {
      ProsodyImage.awaitClient(server);

      Client.login(server, "alice", "wonderland").close();
      assertThat(option(server, "*", "use_dane")).isEqualTo("false");
      assertThat(option(server, "*", "s2s_secure_auth")).isEqualTo("true");
      assertThat(option(server, "*", "storage")).contains("internal");
    }
  }

  @Test
  void options_ofEachVariable_areAsInTheOfficialImage() {
    Map<String, String> expected = new LinkedHashMap<>();
    expected.put("* admins", "admin@example.test other@example.test");
    expected.put("* plugin_paths", "/opt/modules");
    expected.put("* modules_disabled", "ping uptime");
    expected.put("* turn_external_secret", "relay");
    expected.put("* turn_external_host", "turn.example.test");
    expected.put("* turn_external_port", "3479");
    expected.put("* turn_external_tls_port", "5350");
    expected.put("* archive_expires_after", "31d");
    expected.put("* s2s_secure_auth", "false");
    expected.put("* use_dane", "false");
    expected.put("* unbound", "192.0.2.53");
    expected.put("* limits", "20kb/s 40kb/s");
    expected.put("* storage", "sql");
    expected.put("* sql", "SQLite3 other.sqlite");
    expected.put("* statistics", "internal");
    expected.put("* statistics_interval", "30");
    expected.put("* http_host", "net.example.test");
    expected.put("* proxy65_address", "net.example.test");
    expected.put("rooms.example.test component_module", "muc");
    expected.put("rooms.example.test modules_enabled", "muc_mam vcard_muc");
    expected.put("files.example.test component_module", "http_file_share");
    expected.put("files.example.test http_file_share_expires_after", "14d");
    expected.put("files.example.test http_file_share_size_limit", "" + (5 * 1024 * 1024 + 16));
    expected.put("files.example.test http_file_share_global_quota", "" + 2L * 1024 * 1024 * 1024);
    expected.put("bridge.example.test component_secret", "own");
    expected.put("shared.example.test component_secret", "common");
    try (Container server =
        ProsodyImage.server()
            .env("PROSODY_VIRTUAL_HOSTS", "example.test, second.test")
            .env("PROSODY_ADMINS", "admin@example.test, other@example.test")
            .env("PROSODY_PLUGIN_PATHS", "/opt/modules")
            .env("PROSODY_ENABLE_MODULES", "motd")
            .env("PROSODY_DISABLE_MODULES", "ping,uptime")
            .env("PROSODY_TURN_SECRET", "relay")
            .env("PROSODY_TURN_HOST", "turn.example.test")
            .env("PROSODY_TURN_PORT", "3479")
            .env("PROSODY_TURN_TLS_PORT", "5350")
            .env("PROSODY_RETENTION_DAYS", "14")
            .env("PROSODY_ARCHIVE_EXPIRY_DAYS", "31")
            .env("PROSODY_S2S_SECURE_AUTH", "0")
            .env("PROSODY_USE_DANE", "0")
            .env("PROSODY_DNS_RESOLVERS", "192.0.2.53")
            .env("PROSODY_C2S_RATE_LIMIT", "20kb/s")
            .env("PROSODY_S2S_RATE_LIMIT", "40kb/s")
            .env("PROSODY_SQL_DRIVER", "SQLite3")
            .env("PROSODY_SQL_DB", "other.sqlite")
            .env("PROSODY_STATISTICS", "internal")
            .env("PROSODY_STATISTICS_INTERVAL", "30")
            .env("PROSODY_NETWORK_HOSTNAME", "net.example.test")
            .env("PROSODY_COMPONENTS", "rooms.example.test:muc,files.example.test:http_file_share")
            .env("PROSODY_MUC_MODULES", "muc_mam,vcard_muc")
            .env("PROSODY_UPLOAD_LIMIT_MB", "5")
            .env("PROSODY_UPLOAD_STORAGE_GB", "2")
            .env("PROSODY_EXTERNAL_COMPONENTS", "bridge.example.test:own,shared.example.test")
            .env("PROSODY_COMPONENT_SECRET", "common")
            .start()) {
      ProsodyImage.awaitClient(server);

      SoftAssertions soft = new SoftAssertions();
      expected.forEach(
          (key, values) -> {
            String[] place = key.split(" ");
            soft.assertThat(option(server, place[0], place[1])).as(key).contains(values.split(" "));
          });
      String modules = option(server, "*", "modules_enabled");
      soft.assertThat(modules).contains("motd", "turn_external", "mam", "http_openmetrics");
      soft.assertThat(server.exec("ls", ProsodyImage.DATA).output()).contains("other.sqlite");
      soft.assertAll();
    }
  }

  @Test
  void start_ownConfigurationMounted_replacesOurs() throws Exception {
    Volume etc =
        Volume.create()
            .write(
                "prosody.cfg.lua",
                "modules_enabled = { 'roster', 'saslauth', 'tls', 'disco', 'admin_shell' }\n"
                    + "log = '*console'\n"
                    + "VirtualHost 'own.test'\n");
    try (Container server =
        ProsodyImage.server().env("PROSODY_LOGLEVEL", "chatty").volume(etc, OWN).start()) {
      server.log().await("Activated service 'c2s'", LIMIT);

      assertThat(option(server, "own.test", "defined")).isNotBlank();
      Command.Result about = server.exec("prosodyctl", "about");
      assertThat(about.output()).contains("Config directory:   /etc/prosody");
      assertThat(server.exec("/usr/bin/prosody-health").exitCode()).isZero();
    }
  }

  @Test
  void start_ownConfigurationUnreadable_isNotPassedOver() {
    Volume etc = Volume.create().write("prosody.cfg.lua", "VirtualHost 'own.test'\n");
    Command.of("chmod", "0000", etc.folder().resolve("prosody.cfg.lua").toString()).output();
    try (Container server = ProsodyImage.server().volume(etc, OWN).start()) {
      assertThat(server.awaitExit(LIMIT)).isEqualTo(1);
      assertThat(server.log().text())
          .contains("/etc/prosody/prosody.cfg.lua: Permission denied")
          .hasLineCount(1);
    }
  }

  @Test
  void start_dropIns_applyToAllOrToTheirHost() throws Exception {
    Volume etc =
        Volume.create()
            .write("conf.d/20-last.cfg.lua", "c2s_stanza_size_limit = 20000\n")
            .write("conf.d/10-first.cfg.lua", "c2s_stanza_size_limit = 10000\n")
            .write("conf.d/30-host.cfg.lua", "VirtualHost 'third.test'\n")
            .write("hosts.d/example.test.cfg.lua", "welcome_message = 'hello'\n")
            .write("hosts.d/upload.example.test.cfg.lua", "name = 'Files'\n")
            .write("hosts.d/second.test.cfg.lua", "welcome_message = 'salve'\n");
    try (Container server = withAlice().volume(etc, OWN).start()) {
      ProsodyImage.awaitClient(server);

      assertThat(option(server, "*", "c2s_stanza_size_limit")).contains("20000");
      assertThat(option(server, "example.test", "welcome_message")).contains("hello");
      assertThat(option(server, "second.test", "welcome_message")).contains("salve");
      assertThat(option(server, "*", "welcome_message")).contains("nil");
      assertThat(option(server, "upload.example.test", "name")).contains("Files");
      assertThat(server.exec("prosodyctl", "shell", "host", "list").output())
          .contains("example.test", "second.test", "third.test");
      assertThat(server.log().text()).contains("SELF-SIGNED certificate for second.test");
      Client.login(server, "alice", "wonderland").close();
    }
  }

  @Test
  void start_brokenDropIn_endsWithItsPlace() {
    Volume etc = Volume.create().write("conf.d/broken.cfg.lua", "a = 1\nb = = 2\n");
    try (Container server = ProsodyImage.server().volume(etc, OWN).start()) {
      assertThat(server.awaitExit(LIMIT)).isEqualTo(1);
      assertThat(server.log().text()).contains("/etc/prosody/conf.d/broken.cfg.lua:2:");
    }
  }

  @Test
  void secrets_inFiles_areUsedAndNeverShown() throws Exception {
    Volume secrets =
        Volume.create()
            .write("alice", "hunter2-alice\n")
            .write(
                "PROSODY_ACCOUNTS",
                "bob@example.test:hunter2-bob\ncarol@example.test:hunter2-carol\n")
            .write("PROSODY_COMPONENT_SECRET", "hunter2-component\n");
    try (Container server =
        ProsodyImage.server()
            .mount(secrets.folder(), "/run/secrets")
            .env("LOCAL", "alice")
            .env("DOMAIN", ProsodyImage.DOMAIN)
            .env("PASSWORD_FILE", "/run/secrets/alice")
            .env("PROSODY_EXTERNAL_COMPONENTS", "bridge.example.test")
            .env("PROSODY_LOGLEVEL", "debug")
            .start()) {
      ProsodyImage.awaitClient(server);

      Client.login(server, "alice", "hunter2-alice").close();
      Client.login(server, "bob", "hunter2-bob").close();
      Client.login(server, "carol", "hunter2-carol").close();
      assertThat(option(server, "bridge.example.test", "component_secret"))
          .contains("hunter2-component");
      assertThat(server.log().text()).contains("debug").doesNotContain("hunter2");
      assertThat(server.exec("cat", "/proc/1/cmdline", "/proc/1/environ").output())
          .doesNotContain("hunter2");
      assertThat(server.exec("grep", "-rs", "hunter2", ProsodyImage.DATA, OWN).output()).isBlank();
    }
  }

  @Test
  void accounts_existing_keepTheirPasswords() throws Exception {
    Volume data = Volume.create();
    try (Container server = withAlice().volume(data, ProsodyImage.DATA).start()) {
      ProsodyImage.awaitClient(server);
      Client.login(server, "alice", "wonderland").close();
      server.stop(LIMIT);
    }
    try (Container server =
        withAlice().env("PASSWORD", "another").volume(data, ProsodyImage.DATA).start()) {
      ProsodyImage.awaitClient(server);
      Client.login(server, "alice", "wonderland").close();
    }
  }

  @Test
  void accounts_ofAnotherHash_areNamedAndWorkWhenItIsSet() throws Exception {
    Volume data = Volume.create();
    try (Container server =
        withAlice().env("PROSODY_PASSWORD_HASH", "SHA-1").volume(data, ProsodyImage.DATA).start()) {
      ProsodyImage.awaitClient(server);
      try (Client alice = Client.login(server, "alice", "wonderland")) {
        assertThat(alice.mechanism()).isEqualTo("SCRAM-SHA-1");
      }
      server.stop(LIMIT);
    }
    try (Container server = ProsodyImage.server().volume(data, ProsodyImage.DATA).start()) {
      assertThat(server.log().await("PROSODY_PASSWORD_HASH", LIMIT))
          .contains("alice", "kept as SHA-1");
    }
  }

  @Test
  void modules_inTheirVolume_areLoaded() {
    Volume modules =
        Volume.create().write("mod_hello.lua", "module:log('info', 'Hello from a volume')\n");
    try (Container server =
        ProsodyImage.server()
            .env("PROSODY_ENABLE_MODULES", "hello")
            .volume(modules, "/usr/lib/prosody/modules")
            .start()) {
      assertThat(server.log().await("Hello from a volume", LIMIT)).startsWith("example.test:hello");
    }
  }

  @ParameterizedTest
  @CsvSource({"install mod_example", "list", "remove mod_example"})
  void modules_byLuaRocks_areRefusedWithAnotherWay(String command) {
    try (Container server = ProsodyImage.server().start()) {
      ProsodyImage.awaitClient(server);
      Command.Result result = server.exec(("prosodyctl " + command).split(" "));

      assertThat(result.exitCode()).isOne();
      assertThat(result.output())
          .contains("LuaRocks, which is not installed here", "PROSODY_ENABLE_MODULES");
    }
  }

  @Test
  void metrics_forNetworkOnly_areShown() throws Exception {
    try (Container server =
        ProsodyImage.server()
            .env("PROSODY_STATISTICS", "internal")
            .env("PROSODY_METRICS_CIDR", "10.88.0.0/16")
            .start()) {
      ProsodyImage.awaitClient(server);

      HttpResponse<String> metrics = get(server, "/metrics");
      assertThat(metrics.statusCode()).isEqualTo(200);
      assertThat(metrics.body()).contains("prosody_info").contains("# TYPE");
    }
    try (Container server =
        ProsodyImage.server()
            .env("PROSODY_STATISTICS", "internal")
            .env("PROSODY_METRICS_CIDR", "192.0.2.0/24")
            .start()) {
      ProsodyImage.awaitClient(server);
      assertThat(get(server, "/metrics").statusCode()).isEqualTo(403);
    }
    try (Container server = ProsodyImage.server().start()) {
      ProsodyImage.awaitClient(server);
      assertThat(get(server, "/metrics").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void names_ofTheHostsFile_areLookedUp() {
    try (Container server = ProsodyImage.server().start()) {
      ProsodyImage.awaitClient(server);

      Command.Result result = server.exec("prosodyctl", "shell", "dns:lookup('container', 'A')");
      assertThat(result.output()).contains("10.88.0.2");
    }
  }

  @Test
  void dane_imageWithoutLibunbound_endsTheStartWithWhatToDo() {
    try (Container server = ProsodyImage.server().env("PROSODY_USE_DANE", "1").start()) {
      assertThat(server.awaitExit(LIMIT)).isEqualTo(1);
      assertThat(server.log().text())
          .contains("PROSODY_USE_DANE: DANE needs DNSSEC", "mvn package -Pdane");
    }
  }

  @Test
  void start_imageWithoutLibunbound_saysNothingOfIt() {
    try (Container server = ProsodyImage.server().start()) {
      ProsodyImage.awaitClient(server);

      assertThat(server.log().text()).doesNotContain("unbound");
      assertThat(server.exec("prosodyctl", "shell", "host", "list").output())
          .contains(ProsodyImage.DOMAIN)
          .doesNotContain("unbound");
    }
  }

  @Test
  void hosts_beyondAscii_haveCertificatesToo() throws Exception {
    try (Container server =
        ProsodyImage.server().env("PROSODY_VIRTUAL_HOSTS", "bücher.test").start()) {
      assertThat(server.log().await("SELF-SIGNED", LIMIT)).contains("bücher.test");
      String file = ProsodyImage.DATA + "/self-signed/bücher.test.crt";
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(
                      new ByteArrayInputStream(
                          server.exec("cat", file).output().getBytes(StandardCharsets.US_ASCII)));
      assertThat(certificate.getSubjectAlternativeNames().toString())
          .contains("xn--bcher-kva.test");
      server.log().await("Certificates loaded", LIMIT);
      assertThat(server.log().text()).doesNotContain("error\t");
    }
  }

  private static HttpResponse<String> get(Container server, String path)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://localhost:" + server.address(5280).getPort() + path);
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .build()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  @Test
  void start_unknownVariable_isWarnedOf() {
    try (Container server = ProsodyImage.server().env("PROSODY_VIRTUALHOST", "x").start()) {
      assertThat(server.log().await("PROSODY_VIRTUALHOST", LIMIT)).contains(" warn\t");
    }
  }

  @Test
  void sqlite_asStorage_keepsAccountsAndRosters() throws Exception {
    Volume data = Volume.create();
    for (int run = 0; run < 2; run++) {
      ContainerBuilder builder = run == 0 ? withAlice() : ProsodyImage.server();
      try (Container server =
          builder.env("PROSODY_SQL_DRIVER", "SQLite3").volume(data, ProsodyImage.DATA).start()) {
        ProsodyImage.awaitClient(server);
        try (Client alice = Client.login(server, "alice", "wonderland")) {
          if (run == 0) {
            alice.subscribe(Client.jid("bob"), "Bob");
          }
          alice.awaitRoster("bob@example.test \"Bob\" none [friends]");
        }
        assertThat(server.exec("/usr/bin/prosody-health").exitCode()).isZero();
        assertThat(server.stop(LIMIT)).isZero();
      }
    }
    assertThat(data.folder().resolve("prosody.sqlite")).isRegularFile();
  }

  private static ContainerBuilder withAlice() {
    return ProsodyImage.server()
        .env("LOCAL", "alice")
        .env("DOMAIN", ProsodyImage.DOMAIN)
        .env("PASSWORD", "wonderland");
  }

  /** Returns the value of an option in the running server, as its shell shows it. */
  private static String option(Container server, String host, String option) {
    Command.Result result =
        server.exec("prosodyctl", "shell", "config:get('" + host + "', '" + option + "')");
    assertThat(result.exitCode()).as(result.output()).isZero();
    return result.output().strip().replaceFirst("^OK: ", "");
  }
}
