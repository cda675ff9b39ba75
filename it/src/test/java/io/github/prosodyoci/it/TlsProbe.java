package io.github.prosodyoci.it;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A connection to a port that expects TLS at once (XEP-0368), to see what is agreed on there. */
final class TlsProbe implements AutoCloseable {

  private static final int MILLIS = (int) Duration.ofSeconds(5).toMillis();

  private final SSLSocket socket;

  private TlsProbe(SSLSocket socket) {
    this.socket = socket;
  }

  /** Connects, naming a host (SNI) and a protocol (ALPN). */
  static TlsProbe connect(InetSocketAddress address, String host, String protocol)
      throws IOException {
    SSLSocket socket = (SSLSocket) TrustAll.context().getSocketFactory().createSocket();
    try {
      socket.setSoTimeout(MILLIS);
      socket.connect(address, MILLIS);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(host)));
      parameters.setApplicationProtocols(new String[] {protocol});
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return new TlsProbe(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Returns the server's certificate. */
  X509Certificate certificate() throws IOException {
    return (X509Certificate) socket.getSession().getPeerCertificates()[0];
  }

  /** Returns the protocol that was agreed on (ALPN), empty for none. */
  String protocol() {
    return socket.getApplicationProtocol();
  }

  /** Returns the version of TLS in use. */
  String version() {
    return socket.getSession().getProtocol();
  }

  /** Opens a client's stream and returns what the server says up to the end of its features. */
  String features() throws IOException {
    String header =
        "<?xml version='1.0'?><stream:stream to='example.test' version='1.0' xmlns='jabber:client'"
            + " xmlns:stream='http://etherx.jabber.org/streams'>";
    socket.getOutputStream().write(header.getBytes(StandardCharsets.UTF_8));
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

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
