package io.github.prosodyoci.it;

import io.github.prosodyoci.it.container.Container;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * An XMPP stream spoken by hand over Direct TLS (XEP-0368): for what a good client would never do.
 * It trusts any certificate.
 */
final class TlsStream implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final SSLSocket socket;
  private final StringBuilder unread = new StringBuilder();
  private String features = "";

  private TlsStream(SSLSocket socket) {
    this.socket = socket;
  }

  /** Connects to a port that expects TLS at once, naming a host and a protocol (ALPN). */
  static TlsStream connect(InetSocketAddress address, String host, String protocol)
      throws IOException {
    SSLSocket socket = (SSLSocket) context().getSocketFactory().createSocket();
    try {
      socket.setSoTimeout((int) LIMIT.toMillis());
      socket.connect(address, (int) LIMIT.toMillis());
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(host)));
      parameters.setApplicationProtocols(new String[] {protocol});
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return new TlsStream(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Connects as a client to port 5223, and returns the stream at its features. */
  static TlsStream open(Container server) throws IOException {
    TlsStream stream = connect(server.address(5223), ProsodyImage.DOMAIN, "xmpp-client");
    stream.start();
    return stream;
  }

  /** Connects and logs in with a password that is sent as it is (SASL PLAIN), and binds. */
  static TlsStream login(Container server, String user, String password) throws IOException {
    TlsStream stream = open(server);
    String plain = "\0" + user + "\0" + password;
    stream.send(
        "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>"
            + Base64.getEncoder().encodeToString(plain.getBytes(StandardCharsets.UTF_8))
            + "</auth>");
    stream.await("<success");
    stream.start();
    stream.send("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
    stream.await("</iq>");
    return stream;
  }

  /** Returns what the server offered when the stream was opened last. */
  String features() {
    return features;
  }

  private void start() throws IOException {
    send(
        "<?xml version='1.0'?><stream:stream to='"
            + ProsodyImage.DOMAIN
            + "' version='1.0' xmlns='jabber:client'"
            + " xmlns:stream='http://etherx.jabber.org/streams'>");
    features = await("</stream:features>");
  }

  /** Returns the protocol that was agreed on (ALPN), empty for none. */
  String protocol() {
    return socket.getApplicationProtocol();
  }

  /** Returns the server's certificate. */
  X509Certificate certificate() throws IOException {
    return (X509Certificate) socket.getSession().getPeerCertificates()[0];
  }

  /** Returns the version of TLS in use. */
  String version() {
    return socket.getSession().getProtocol();
  }

  void send(String xml) throws IOException {
    socket.getOutputStream().write(xml.getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
  }

  /** Reads until a text has come, and returns all up to its end. */
  String await(String part) throws IOException {
    byte[] buffer = new byte[4096];
    while (unread.indexOf(part) < 0) {
      int n;
      try {
        n = socket.getInputStream().read(buffer);
      } catch (SocketTimeoutException e) {
        throw new AssertionError("No " + part + " within " + LIMIT + ", but: " + unread, e);
      }
      if (n < 0) {
        throw new IOException("The server closed the stream, without " + part + ": " + unread);
      }
      unread.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
    }
    int end = unread.indexOf(part) + part.length();
    String found = unread.substring(0, end);
    unread.delete(0, end);
    return found;
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException("Could not close the stream", e);
    }
  }

  private static SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new TrustsAll()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java has no TLS", e);
    }
  }

  /** Trusts every certificate. */
  private static final class TrustsAll extends X509ExtendedTrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, java.net.Socket peer) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, java.net.Socket peer) {}

    @Override
    public void checkClientTrusted(
        X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

    @Override
    public void checkServerTrusted(
        X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
