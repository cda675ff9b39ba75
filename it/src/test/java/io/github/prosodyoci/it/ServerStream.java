package io.github.prosodyoci.it;

import io.github.prosodyoci.it.container.Container;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** The start of a stream of another server (RFC 6120), in the clear. */
final class ServerStream implements AutoCloseable {

  private static final int PORT = 5269;
  private static final int LIMIT_MILLIS = 10_000;

  private final Socket socket;

  private ServerStream(Socket socket) {
    this.socket = socket;
  }

  /**
   * Connects, and sends the stream's header.
   *
   * @param from what the header says that the stream is from, as it stands in XML
   */
  static ServerStream open(Container server, String from) throws IOException {
    ServerStream stream = new ServerStream(new Socket());
    stream.socket.connect(server.address(PORT));
    stream.socket.setSoTimeout(LIMIT_MILLIS);
    String header =
        "<?xml version='1.0'?><stream:stream xmlns='jabber:server' version='1.0'"
            + " xmlns:stream='http://etherx.jabber.org/streams' to='"
            + ProsodyImage.DOMAIN
            + "' from='"
            + from
            + "'>";
    stream.socket.getOutputStream().write(header.getBytes(StandardCharsets.UTF_8));
    return stream;
  }

  /**
   * Returns what the server sends, up to a text and a little beyond.
   *
   * @throws IOException if the server ends the stream before
   */
  String readUntil(String end) throws IOException {
    StringBuilder text = new StringBuilder();
    byte[] buffer = new byte[4096];
    while (text.indexOf(end) < 0) {
      int n = socket.getInputStream().read(buffer);
      if (n < 0) {
        throw new IOException("The server closed the stream after: " + text);
      }
      text.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
    }
    return text.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
