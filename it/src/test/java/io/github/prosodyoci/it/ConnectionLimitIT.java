package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.it.container.Container;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** How many connections one address may have. */
class ConnectionLimitIT {

  private static final String DOMAIN = ProsodyImage.DOMAIN;
  private static final Duration LIMIT = Duration.ofSeconds(10);

  @Test
  void connections_ofOneAddress_areLimited() throws Exception {
    try (Container limited =
        ProsodyImage.server()
            .env("PROSODY_MAX_CONNECTIONS_PER_IP", "3")
            .env("PROSODY_TRUSTED_PROXIES", "10.88.0.0/16")
            .start()) {
      ProsodyImage.awaitClient(limited);
      List<RawStream> clients = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        clients.add(RawStream.open(limited, DOMAIN));
      }
      assertThatThrownBy(() -> RawStream.open(limited, DOMAIN))
          .hasMessageContaining("policy-violation");
      limited.log().await("Refused a connection from 10.88.", LIMIT);

      // Servers have a limit of their own, and so has each client behind a proxy.
      List<ServerStream> servers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        ServerStream stream = ServerStream.open(limited, "remote" + i + ".example");
        stream.readUntil("</stream:features>");
        servers.add(stream);
      }
      try (ServerStream refused = ServerStream.open(limited, "remote.example")) {
        assertThatThrownBy(() -> refused.readUntil("</stream:features>"))
            .isInstanceOf(IOException.class);
      }
      limited.log().await("Incoming s2s stream", LIMIT);
      assertThat(limited.log().lines())
          .anyMatch(line -> line.startsWith("s2sin") && line.contains("Refused a connection from"));
      List<WebSocketClient> browsers = new ArrayList<>();
      for (int i = 1; i <= 4; i++) {
        WebSocketClient browser =
            WebSocketClient.openForwarded(limited, DOMAIN, "2001:db8:" + i + "::1");
        browser.await("features");
        browsers.add(browser);
      }

      clients.remove(0).close();
      clients.add(awaitPlace(limited));
      for (RawStream client : clients) {
        client.close();
      }
      for (ServerStream stream : servers) {
        stream.close();
      }
      browsers.forEach(WebSocketClient::close);
    }
  }

  @Test
  void connections_ofOneIpv6Network_areCountedTogether() throws Exception {
    try (Container limited =
        ProsodyImage.server()
            .env("PROSODY_MAX_CONNECTIONS_PER_IP", "1")
            .env("PROSODY_TRUSTED_PROXIES", "10.88.0.0/16")
            .start()) {
      ProsodyImage.awaitClient(limited);
      try (WebSocketClient first =
          WebSocketClient.openForwarded(limited, DOMAIN, "2001:db8:1:2::1")) {
        first.await("features");
        assertThatThrownBy(
                () -> {
                  try (WebSocketClient second =
                      WebSocketClient.openForwarded(limited, DOMAIN, "2001:db8:1:2:ffff::2")) {
                    second.await("features");
                  }
                })
            .isInstanceOfAny(CompletionException.class, AssertionError.class);
        limited.log().await("Refused a connection from 2001:db8:1:2:ffff::2", LIMIT);
        try (WebSocketClient neighbour =
            WebSocketClient.openForwarded(limited, DOMAIN, "2001:db8:1:3::1")) {
          neighbour.await("features");
        }
      }
    }
  }

  /** Returns a stream as soon as a connection that was closed is not counted any more. */
  private static RawStream awaitPlace(Container limited) throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      try {
        return RawStream.open(limited, DOMAIN);
      } catch (AssertionError refused) {
        if (System.nanoTime() > end) {
          throw refused;
        }
        Thread.sleep(20);
      }
    }
  }
}
