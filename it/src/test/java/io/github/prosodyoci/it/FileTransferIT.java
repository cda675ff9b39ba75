package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.it.container.Container;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Two clients that cannot reach each other send a file through the server (XEP-0065). */
class FileTransferIT {

  private static final String PROXY = "proxy." + ProsodyImage.DOMAIN;
  private static final int PORT = 5000;
  private static final String PASSWORD = "secret";
  private static final String SID = "transfer1";

  @Test
  void relay_twoUsers_passesTheFileOnceActivated() throws Exception {
    try (Container server =
        ProsodyImage.server()
            .env("PROSODY_ACCOUNTS", "alice@example.test:secret\nbob@example.test:secret")
            .start()) {
      ProsodyImage.awaitClient(server);
      try (RawStream alice = RawStream.login(server, "alice", PASSWORD);
          RawStream bob = RawStream.login(server, "bob", PASSWORD)) {
        assertThat(alice.get("get", PROXY, query("")))
            .contains("host='example.test'", "port='" + PORT + "'");
        assertThat(bob.get("get", PROXY, "<query xmlns='http://jabber.org/protocol/disco#info'/>"))
            .contains("category='proxy'");
        try (Socket target = connect(server);
            Socket initiator = connect(server)) {
          String activate = "<activate>bob@example.test/raw</activate>";
          assertThat(alice.get("set", PROXY, query(activate))).contains("type='result'");

          byte[] file = "the file, ça va 🦀".getBytes(StandardCharsets.UTF_8);
          initiator.getOutputStream().write(file);
          byte[] received = new byte[file.length];
          new DataInputStream(target.getInputStream()).readFully(received);
          assertThat(received).isEqualTo(file);
        }
      }
    }
  }

  private static String query(String content) {
    return "<query xmlns='http://jabber.org/protocol/bytestreams' sid='"
        + SID
        + "'>"
        + content
        + "</query>";
  }

  /** Connects by SOCKS5, with the hash of the transfer as address (XEP-0065, 5.3.2). */
  private static Socket connect(Container server) throws IOException, GeneralSecurityException {
    InetSocketAddress address = server.address(PORT);
    Socket socket = new Socket(address.getAddress(), address.getPort());
    socket.setSoTimeout(10_000);
    DataInputStream in = new DataInputStream(socket.getInputStream());
    socket.getOutputStream().write(new byte[] {5, 1, 0});
    assertThat(in.readNBytes(2)).containsExactly(5, 0);
    byte[] hash =
        MessageDigest.getInstance("SHA-1")
            .digest(
                (SID + "alice@example.test/rawbob@example.test/raw")
                    .getBytes(StandardCharsets.UTF_8));
    String name = HexFormat.of().formatHex(hash);
    byte[] head = {5, 1, 0, 3, 40};
    byte[] request = new byte[47];
    System.arraycopy(head, 0, request, 0, head.length);
    System.arraycopy(name.getBytes(StandardCharsets.US_ASCII), 0, request, head.length, 40);
    socket.getOutputStream().write(request);
    assertThat(in.readNBytes(47)).startsWith(5, 0);
    return socket;
  }
}
