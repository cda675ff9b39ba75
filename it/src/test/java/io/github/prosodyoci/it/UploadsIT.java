package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.it.Uploads.Slot;
import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.ContainerBuilder;
import io.github.prosodyoci.it.container.Volume;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Addresses of uploads: with several hosts, behind a reverse proxy, and after a change of both. */
class UploadsIT {

  private static final String ONE = ProsodyImage.DOMAIN;
  private static final String TWO = "other.test";
  private static final String PASSWORD = "secret";
  private static final String CONTENT = "a photo, ça va 🦀";

  @Test
  void upload_twoHostsUnderOneName_worksOnBoth() throws Exception {
    try (Container server =
        start(twoHosts().env("PROSODY_NETWORK_HOSTNAME", "xmpp.test"), Volume.create())) {
      for (String host : List.of(ONE, TWO)) {
        Slot slot = slot(server, host);

        assertThat(slot.get().getHost()).isEqualTo("xmpp.test");
        assertThat(Uploads.put(server, slot, CONTENT)).as(host).isEqualTo(201);
        assertThat(get(server, slot.get()).body()).as(host).isEqualTo(CONTENT);
      }
    }
  }

  @Test
  void upload_secondHostAdded_keepsItsLink() throws Exception {
    Volume data = Volume.create();
    URI link;
    try (Container server =
        start(ProsodyImage.server().env("PROSODY_ACCOUNTS", account(ONE)), data)) {
      Slot slot = slot(server, ONE);
      assertThat(Uploads.put(server, slot, CONTENT)).isEqualTo(201);
      link = slot.get();
      server.stop(Duration.ofSeconds(5));
    }
    try (Container server = start(twoHosts(), data)) {
      assertThat(get(server, link).body()).isEqualTo(CONTENT);
      server.stop(Duration.ofSeconds(5));
    }
    try (Container server = start(twoHosts().env("PROSODY_NETWORK_HOSTNAME", "xmpp.test"), data)) {
      assertThat(get(server, link).body()).isEqualTo(CONTENT);
    }
  }

  @Test
  void upload_underTheComponentsName_worksStill() throws Exception {
    try (Container server = start(twoHosts(), Volume.create())) {
      Slot slot = slot(server, TWO);
      assertThat(slot.get().getHost()).as("a name with a certificate").isEqualTo(TWO);
      URI earlier = under("upload." + TWO, slot.put());

      assertThat(
              Web.send(Uploads.withContent(Web.request(server, earlier), slot, CONTENT))
                  .statusCode())
          .isEqualTo(201);
      assertThat(get(server, under("upload." + TWO, slot.get())).body()).isEqualTo(CONTENT);
      assertThat(get(server, slot.get()).body()).isEqualTo(CONTENT);
    }
  }

  @Test
  void certificate_ofEachNameThatUploadsHave_isTheHosts() throws Exception {
    try (Container server = start(twoHosts(), Volume.create())) {
      for (String host : List.of(ONE, TWO)) {
        for (String name : List.of(host, "upload." + host)) {
          try (TlsProbe probe =
              TlsProbe.connect(server.address(Web.HTTPS_PORT), name, "http/1.1")) {
            assertThat(probe.certificate().getSubjectAlternativeNames().toString())
                .as(name)
                .contains("*." + host);
          }
        }
      }
    }
  }

  @Test
  void upload_externalUrlAlone_worksWhateverHostTheProxyPassesOn() throws Exception {
    try (Container server =
        start(twoHosts().env("PROSODY_HTTP_EXTERNAL_URL", "https://xmpp.test/"), Volume.create())) {
      for (String host : List.of("xmpp.test", "prosody:5280")) {
        for (String domain : List.of(ONE, TWO)) {
          Slot slot = slot(server, domain);
          assertThat(slot.put().toString()).startsWith("https://xmpp.test/file_share/");

          assertThat(
                  Web.send(
                          Uploads.withContent(
                              Uploads.proxied(server, slot.put(), host), slot, CONTENT))
                      .statusCode())
              .as(host + " " + domain)
              .isEqualTo(201);
          assertThat(Web.send(Uploads.proxied(server, slot.get(), host).GET().build()).body())
              .isEqualTo(CONTENT);
        }
      }
    }
  }

  @Test
  void upload_accountDeleted_isDeletedToo() throws Exception {
    Volume data = Volume.create();
    try (Container server = start(twoHosts(), data)) {
      Slot mine = slot(server, ONE);
      Slot other = slot(server, TWO);
      assertThat(Uploads.put(server, mine, CONTENT)).isEqualTo(201);
      assertThat(Uploads.put(server, other, CONTENT)).isEqualTo(201);
      assertThat(uploaded(server)).isEqualTo(2);

      server.exec("prosodyctl", "shell", "user", "delete", "me@" + ONE);
      server.log().await("Deleted 1 uploads of me@" + ONE, Duration.ofSeconds(5));

      assertThat(uploaded(server)).isEqualTo(1);
      assertThat(get(server, mine.get()).statusCode()).isBetween(404, 410);
      assertThat(get(server, other.get()).body()).isEqualTo(CONTENT);
    }
  }

  /** Returns how many uploaded files lie in the data folder. */
  private static long uploaded(Container server) {
    return server
        .exec("find", ProsodyImage.DATA, "-name", "*.bin")
        .output()
        .lines()
        .filter(line -> line.endsWith(".bin"))
        .count();
  }

  @Test
  void proxy_notTrusted_isWarnedOfOnce() throws Exception {
    URI bosh = URI.create("https://example.test/http-bind");
    try (Container server = start(ProsodyImage.server(), Volume.create())) {
      for (int i = 0; i < 2; i++) {
        Web.send(Uploads.proxied(server, bosh, ONE).GET().build());
      }

      assertThat(server.log().await("PROSODY_TRUSTED_PROXIES", Duration.ofSeconds(5)))
          .contains(" warn\t", "10.88.0.");
      assertThat(server.log().text()).containsOnlyOnce("PROSODY_TRUSTED_PROXIES");
    }
    ContainerBuilder trusting =
        ProsodyImage.server().env("PROSODY_TRUSTED_PROXIES", "10.88.0.0/16");
    try (Container server = start(trusting, Volume.create())) {
      Web.send(Uploads.proxied(server, bosh, ONE).GET().build());

      assertThat(server.log().text()).doesNotContain("PROSODY_TRUSTED_PROXIES");
    }
  }

  private static ContainerBuilder twoHosts() {
    return ProsodyImage.server()
        .env("PROSODY_VIRTUAL_HOSTS", ONE + "," + TWO)
        .env("PROSODY_ACCOUNTS", account(ONE) + "\n" + account(TWO));
  }

  private static String account(String host) {
    return "me@" + host + ":" + PASSWORD;
  }

  private static Container start(ContainerBuilder builder, Volume data) {
    Container server = builder.volume(data, ProsodyImage.DATA).start();
    ProsodyImage.awaitClient(server);
    return server;
  }

  private static Slot slot(Container server, String host) throws IOException {
    try (RawStream me = RawStream.login(server, host, "me", PASSWORD)) {
      return Uploads.request(me, "upload." + host, "photo.txt", CONTENT);
    }
  }

  private static HttpResponse<String> get(Container server, URI address) throws IOException {
    return Web.send(Web.request(server, address).GET().build());
  }

  private static URI under(String host, URI address) {
    return URI.create(
        address.getScheme() + "://" + host + ":" + address.getPort() + address.getRawPath());
  }
}
