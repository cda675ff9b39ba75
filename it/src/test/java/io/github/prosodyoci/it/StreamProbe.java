package io.github.prosodyoci.it;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Opens an XMPP stream by hand, to see what a server offers before anything is encrypted. */
final class StreamProbe {

  private StreamProbe() {}

  /**
   * Opens a stream, again and again until the server answers, and returns what it says, up to and
   * with its stream features (RFC 6120, 4.3.2).
   *
   * @throws AssertionError if it does not answer in time
   */
  static String awaitFeatures(InetSocketAddress address, String domain, Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      try {
        return features(address, domain);
      } catch (IOException e) {
        if (System.nanoTime() > end) {
          throw new AssertionError("No XMPP stream from " + address + " within " + limit, e);
        }
      }
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("Interrupted while waiting for the server", e);
      }
    }
  }

  private static String features(InetSocketAddress address, String domain) throws IOException {
    try (Socket socket = open(address, domain)) {
      StringBuilder answer = new StringBuilder();
      byte[] buffer = new byte[4096];
      while (answer.indexOf("</stream:features>") < 0) {
        int n = socket.getInputStream().read(buffer);
        if (n < 0) {
          throw new IOException("The server closed the stream after: " + answer);
        }
        answer.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
      }
      return answer.toString();
    }
  }

  /** Returns a connection on which a stream was asked for and which then stays silent. */
  static Socket open(InetSocketAddress address, String domain) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setSoTimeout(5000);
      socket.connect(address, 5000);
      String header =
          "<?xml version='1.0'?><stream:stream to='"
              + domain
              + "' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
      socket.getOutputStream().write(header.getBytes(StandardCharsets.UTF_8));
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }
}
