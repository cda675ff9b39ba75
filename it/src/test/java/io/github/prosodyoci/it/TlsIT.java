package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.prosodyoci.it.TestCertificates.Pair;
import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.ContainerBuilder;
import io.github.prosodyoci.it.container.Tools;
import io.github.prosodyoci.it.container.Volume;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates in every usual place, their renewal, and what is spoken over TLS. */
class TlsIT {

  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final String CERTIFICATES = "/etc/prosody/certs";
  private static final int SERIAL = 4711;

  private final Path folder = Volume.create().folder();

  @ParameterizedTest
  @ValueSource(strings = {"named", "folder", "wildcard", "certbot", "letsencrypt", "kubernetes"})
  void certificate_inUsualLayout_isUsedByAnyUser(String layout) throws Exception {
    Pair pair =
        layout.equals("wildcard")
            ? TestCertificates.make(SERIAL, "*.test")
            : TestCertificates.make(SERIAL, ProsodyImage.DOMAIN);
    lay(layout, pair);
    forGroupZero();
    try (Container server = server().user("123456:0").readOnly().tmpfs("/run").start()) {
      ProsodyImage.awaitClient(server);

      assertThat(serial(server, 5223)).isEqualTo(SERIAL);
      assertThat(serial(server, 5281)).isEqualTo(SERIAL);
      try (Client alice = Client.login(server, "alice", "wonderland")) {
        assertThat(alice.serverCertificates().get(0).getSerialNumber().intValue())
            .isEqualTo(SERIAL);
      }
      assertThat(server.log().text()).doesNotContain("SELF-SIGNED", "error\t");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"named", "folder", "certbot", "letsencrypt", "kubernetes"})
  void certificate_ofRootAlone_isNamedWithItsModeAndRemedy(String layout) throws Exception {
    assumeTrue(Tools.superuser(), "only root can give files to others");
    lay(layout, TestCertificates.make(SERIAL, ProsodyImage.DOMAIN));
    forRootAlone();
    // As the image says: user 100, group 101.
    try (Container server = server().start()) {
      String expected =
          switch (layout) {
            case "certbot" -> CERTIFICATES + "/archive: permission denied (mode rwx------";
            case "letsencrypt" -> CERTIFICATES + "/letsencrypt/archive: permission denied (mode";
            case "folder" -> "privkey.pem: permission denied (mode rw-r-----";
            default -> ".key: permission denied (mode rw-r-----";
          };
      assertThat(server.log().await(expected, LIMIT))
          .contains("error\t", "owner 0:0", "user 100, group 101", "--user 100:0");
      assertThat(server.log().await("SELF-SIGNED", LIMIT)).contains("warn\t");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"named", "folder", "certbot", "kubernetes"})
  void certificate_ofGroupZero_isUsedByTheUserWithThatGroup(String layout) throws Exception {
    assumeTrue(Tools.superuser(), "only root can give files to others");
    lay(layout, TestCertificates.make(SERIAL, ProsodyImage.DOMAIN));
    forGroupZero();
    try (Container server = server().user("100:0").start()) {
      ProsodyImage.awaitClient(server);

      assertThat(serial(server, 5223)).isEqualTo(SERIAL);
    }
  }

  @Test
  void certificate_ofCertbot_isUsedByTheImagesUserAfterTheDocumentedHook() throws Exception {
    assumeTrue(Tools.superuser(), "only root can give files to others");
    Path certbot = Volume.create().mode("0700").folder();
    TestCertificates.make(SERIAL, ProsodyImage.DOMAIN)
        .install(certbot.resolve("fullchain.pem"), certbot.resolve("privkey.pem"));
    Command.of("chmod", "0600", certbot.resolve("privkey.pem").toString()).output();
    Command.of("chmod", "0755", folder.toString()).output();
    Command.of("sh", "-eu", "-c", deployHook().replace("/srv/xmpp/certs", folder.toString()))
        .env("RENEWED_LINEAGE", certbot.toString())
        .output();
    try (Container server = server().start()) {
      ProsodyImage.awaitClient(server);

      assertThat(serial(server, 5223)).isEqualTo(SERIAL);
      assertThat(server.log().text()).doesNotContain("SELF-SIGNED", "error\t");
    }
  }

  /** Returns the script that docs/configuration.md gives for certbot. */
  private static String deployHook() throws IOException {
    String page =
        Files.readString(
            Path.of(System.getProperty("prosodyoci.it.root")).resolve("docs/configuration.md"));
    Matcher script = Pattern.compile("(?m)^    #!/bin/sh\\n(?:    .*\\n)+").matcher(page);
    assertThat(script.find()).isTrue();
    return script.group().replaceAll("(?m)^    ", "").replace("example.org", ProsodyImage.DOMAIN);
  }

  @Test
  void certificate_ofTheHostAlone_isWarnedOfForRooms() throws Exception {
    TestCertificates.make(SERIAL, ProsodyImage.DOMAIN)
        .install(folder.resolve("example.test.crt"), folder.resolve("example.test.key"));
    forGroupZero();
    try (Container server = server().user("100:0").start()) {
      assertThat(server.log().await("conference.example.test has no certificate", LIMIT))
          .contains("warn\t", "example.test.crt does not name it");
      ProsodyImage.awaitClient(server);
      assertThat(server.log().text()).doesNotContain("upload.example.test has no certificate");
    }
  }

  private void lay(String layout, Pair pair) throws IOException {
    switch (layout) {
      case "named" ->
          pair.install(folder.resolve("example.test.crt"), folder.resolve("example.test.key"));
      case "folder" ->
          pair.install(
              folder.resolve("example.test/fullchain.pem"),
              folder.resolve("example.test/privkey.pem"));
      case "wildcard" -> pair.install(folder.resolve("all.crt"), folder.resolve("all.key"));
      case "certbot", "letsencrypt" -> {
        Path root = layout.equals("certbot") ? folder : folder.resolve("letsencrypt");
        Path archive = root.resolve("archive/example.test");
        // The one before it is valid still.
        older(1).install(archive.resolve("fullchain1.pem"), archive.resolve("privkey1.pem"));
        Pair renewed = TestCertificates.make(SERIAL, ProsodyImage.DOMAIN);
        renewed.install(archive.resolve("fullchain2.pem"), archive.resolve("privkey2.pem"));
        Path live = Files.createDirectories(root.resolve("live/example.test"));
        for (String name : List.of("fullchain", "privkey")) {
          Files.createSymbolicLink(
              live.resolve(name + ".pem"), Path.of("../../archive/example.test/" + name + "2.pem"));
        }
      }
      case "kubernetes" -> {
        Path data = folder.resolve("..2026_11_24");
        pair.install(data.resolve("tls.crt"), data.resolve("tls.key"));
        Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2026_11_24"));
        for (String name : List.of("tls.crt", "tls.key")) {
          Files.createSymbolicLink(folder.resolve(name), Path.of("..data/" + name));
        }
      }
      default -> throw new IllegalArgumentException(layout);
    }
  }

  @ParameterizedTest
  @CsvSource({"true, 2", "false, 10"})
  void certificate_replaced_isServedWithoutRestart(boolean signal, int seconds) throws Exception {
    Path certificate = folder.resolve("example.test.crt");
    Path key = folder.resolve("example.test.key");
    older(1).install(certificate, key);
    forGroupZero();
    try (Container server = server().user("100:0").start()) {
      ProsodyImage.awaitClient(server);
      try (Client alice = Client.login(server, "alice", "wonderland");
          Client bob = Client.login(server, "bob", "builder")) {
        TestCertificates.make(2, ProsodyImage.DOMAIN).install(certificate, key);
        forGroupZero();
        long start = System.nanoTime();
        if (signal) {
          server.signal("HUP");
        }
        while (serial(server, 5223) != 2 || serial(server, 5281) != 2) {
          assertThat(Duration.ofNanos(System.nanoTime() - start))
              .as(server.log().text())
              .isLessThan(Duration.ofSeconds(seconds));
          Thread.sleep(50);
        }
        System.out.println(
            "New certificate served after "
                + (System.nanoTime() - start) / 1_000_000
                + " ms"
                + (signal ? " (SIGHUP)" : " (by itself)"));
        try (Client carol = Client.login(server, "carol", "sings")) {
          assertThat(carol.serverCertificates().get(0).getSerialNumber().intValue()).isEqualTo(2);
        }
        alice.send(bob.jid(), "still here");
        assertThat(bob.receive()).isEqualTo("alice@example.test: still here");
      }
    }
  }

  @Test
  void certificate_withForeignKey_isNamedAndNotUsed() throws Exception {
    Pair one = TestCertificates.make(1, ProsodyImage.DOMAIN);
    Pair other = TestCertificates.make(2, ProsodyImage.DOMAIN);
    new Pair(one.certificate(), other.key(), 1)
        .install(folder.resolve("example.test.crt"), folder.resolve("example.test.key"));
    forGroupZero();
    try (Container server = server().user("100:0").start()) {
      assertThat(server.log().await("Certificate not used", LIMIT))
          .contains("error\t", "/etc/prosody/certs/example.test.key does not go with");
      ProsodyImage.awaitClient(server);
      Client.login(server, "alice", "wonderland").close();
    }
  }

  @Test
  void certificate_expired_isServedAndComplainedOf() throws Exception {
    TestCertificates.make(
            SERIAL,
            Instant.parse("2020-01-01T00:00:00Z"),
            Instant.parse("2021-01-01T00:00:00Z"),
            ProsodyImage.DOMAIN)
        .install(folder.resolve("example.test.crt"), folder.resolve("example.test.key"));
    forGroupZero();
    try (Container server = server().user("100:0").start()) {
      assertThat(server.log().await("EXPIRED", LIMIT)).contains("error\t", "example.test.crt");
      ProsodyImage.awaitClient(server);
      assertThat(serial(server, 5223)).isEqualTo(SERIAL);
    }
  }

  @Test
  void selfSigned_isKeptAndPrivateAndCoversComponents() throws Exception {
    Volume data = Volume.create();
    int first;
    try (Container server = server().volume(data, ProsodyImage.DATA).start()) {
      ProsodyImage.awaitClient(server);
      try (TlsProbe stream =
          TlsProbe.connect(server.address(5223), ProsodyImage.DOMAIN, "xmpp-client")) {
        first = stream.certificate().getSerialNumber().hashCode();
        assertThat(stream.certificate().getSubjectAlternativeNames().toString())
            .contains("example.test", "*.example.test");
        stream.certificate().checkValidity();
      }
      assertThat(
              server
                  .exec("stat", "-c", "%a", ProsodyImage.DATA + "/self-signed/example.test.key")
                  .output()
                  .strip())
          .isEqualTo("600");
    }
    try (Container server = server().volume(data, ProsodyImage.DATA).start()) {
      ProsodyImage.awaitClient(server);
      try (TlsProbe stream =
          TlsProbe.connect(server.address(5223), ProsodyImage.DOMAIN, "xmpp-client")) {
        assertThat(stream.certificate().getSerialNumber().hashCode()).isEqualTo(first);
      }
    }
  }

  @Test
  void selfSigned_switchedOff_isNotMade() {
    try (Container server = server().env("PROSODY_SELF_SIGNED", "off").start()) {
      assertThat(server.log().await("there is no certificate", LIMIT)).contains("error\t");
      assertThat(server.log().text()).doesNotContain("SELF-SIGNED");
    }
  }

  @Test
  void versions_belowTls12_areRefused() {
    try (Container server = server().start()) {
      ProsodyImage.awaitClient(server);

      for (int port : new int[] {5222, 5223, 5269, 5270, 5281}) {
        for (String version : List.of("tls1", "tls1_1")) {
          assertThat(handshake(server, port, version).exitCode()).as(version + " " + port).isOne();
        }
        for (String version : List.of("tls1_2", "tls1_3")) {
          Command.Result result = handshake(server, port, version);
          assertThat(result.exitCode()).as(version + " " + port + result.output()).isZero();
        }
      }
    }
  }

  @Test
  void directTls_withAlpn_agreesOnXmpp() throws Exception {
    try (Container server = server().start()) {
      ProsodyImage.awaitClient(server);

      try (TlsProbe client =
          TlsProbe.connect(server.address(5223), ProsodyImage.DOMAIN, "xmpp-client")) {
        assertThat(client.protocol()).isEqualTo("xmpp-client");
      }
      InetSocketAddress address = server.address(5270);
      try (TlsProbe peer = TlsProbe.connect(address, ProsodyImage.DOMAIN, "xmpp-server")) {
        assertThat(peer.protocol()).isEqualTo("xmpp-server");
      }
    }
  }

  @Test
  void mechanisms_overTls_includeChannelBinding() throws Exception {
    try (Container server = server().start()) {
      ProsodyImage.awaitClient(server);

      try (TlsProbe stream =
          TlsProbe.connect(server.address(5223), ProsodyImage.DOMAIN, "xmpp-client")) {
        assertThat(stream.version()).isEqualTo("TLSv1.3");
        assertThat(stream.features())
            .contains("<mechanism>SCRAM-SHA-256-PLUS</mechanism>")
            .contains("<mechanism>SCRAM-SHA-256</mechanism>")
            .contains("tls-exporter");
      }
    }
  }

  private ContainerBuilder server() {
    return ProsodyImage.server()
        .env(
            "PROSODY_ACCOUNTS",
            "alice@example.test:wonderland\nbob@example.test:builder\ncarol@example.test:sings")
        .mount(folder, CERTIFICATES);
  }

  /** Lets the group 0 read all, as volumes of secrets do. */
  private void forGroupZero() {
    if (Tools.superuser()) {
      Command.of("chown", "-Rh", "0:0", folder.toString()).output();
    }
    Command.of("chmod", "0755", folder.toString()).output();
  }

  /** Leaves files and folders as certbot does: keys and its own folders are for root. */
  private void forRootAlone() {
    Command.of("chown", "-Rh", "0:0", folder.toString()).output();
    Command.of("chmod", "0755", folder.toString()).output();
    Command.of("find", folder.toString(), "-name", "archive", "-exec", "chmod", "0700", "{}", "+")
        .output();
  }

  static int serial(Container server, int port) throws IOException {
    try (TlsProbe stream =
        TlsProbe.connect(server.address(port), ProsodyImage.DOMAIN, "xmpp-client")) {
      return stream.certificate().getSerialNumber().intValue();
    }
  }

  private static Command.Result handshake(Container server, int port, String version) {
    String address = "127.0.0.1:" + server.address(port).getPort();
    String start = port == 5222 ? "-starttls xmpp" : port == 5269 ? "-starttls xmpp-server" : "";
    return Command.of(
            "sh",
            "-c",
            Tools.require("openssl")
                + " s_client -connect "
                + address
                + " "
                + start
                + " -xmpphost example.test -servername example.test -cipher ALL:@SECLEVEL=0 -"
                + version
                + " </dev/null")
        .limit(Duration.ofSeconds(20))
        .run();
  }

  /** Returns a pair that is a day older than new ones, and valid still. */
  private static Pair older(int serial) throws IOException {
    Instant now = Instant.now();
    return TestCertificates.make(
        serial, now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(30)), ProsodyImage.DOMAIN);
  }
}
