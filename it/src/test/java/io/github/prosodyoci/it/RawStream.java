package io.github.prosodyoci.it;

import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.Reachable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A stream on which a test speaks XMPP by hand, stanza by stanza, for what Smack has no word for.
 * Clients come by direct TLS (XEP-0368), components in the clear (XEP-0114).
 */
final class RawStream implements AutoCloseable {

  private static final int DIRECT_TLS_PORT = 5223;
  private static final int COMPONENT_PORT = 5347;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Socket socket;
  private final Reader in;
  private final Deque<String> stanzas = new ArrayDeque<>();
  private final StanzaSplitter splitter = new StanzaSplitter(stanzas::add);
  private final char[] buffer = new char[8192];
  private int lastId;

  private RawStream(Socket socket) throws IOException {
    this.socket = socket;
    in = new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8);
  }

  /** Opens a client's stream to a domain, without logging in, and returns it after its features. */
  static RawStream open(Reachable server, String domain) throws IOException {
    InetSocketAddress address = server.address(DIRECT_TLS_PORT);
    SSLSocket socket =
        (SSLSocket)
            TrustAll.context()
                .getSocketFactory()
                .createSocket(address.getAddress(), address.getPort());
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(domain)));
    socket.setSSLParameters(parameters);
    RawStream stream = new RawStream(socket);
    stream.header(domain);
    return stream;
  }

  /** Logs a user in by SASL PLAIN (RFC 4616) and binds a resource. */
  static RawStream login(Reachable server, String user, String password) throws IOException {
    return login(server, ProsodyImage.DOMAIN, user, password);
  }

  /** Logs a user of a domain in by SASL PLAIN (RFC 4616) and binds a resource. */
  static RawStream login(Reachable server, String domain, String user, String password)
      throws IOException {
    RawStream stream = open(server, domain);
    stream.send(
        "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>"
            + base64("\0" + user + "\0" + password)
            + "</auth>");
    stream.await("urn:ietf:params:xml:ns:xmpp-sasl", "<success");
    stream.splitter.restart();
    stream.header(domain);
    stream.get(
        "set",
        null,
        "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>raw</resource></bind>");
    return stream;
  }

  /** Connects a component, and returns its stream, accepted by the server or not. */
  static RawStream component(Container server, String name, String secret) throws IOException {
    InetSocketAddress address = server.address(COMPONENT_PORT);
    RawStream stream = new RawStream(new Socket(address.getAddress(), address.getPort()));
    stream.send(
        "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams'"
            + " to='"
            + name
            + "'>");
    Matcher id = Pattern.compile("id=['\"]([^'\"]+)").matcher(stream.await("<stream:stream"));
    if (!id.find()) {
      throw new IOException("The server's stream has no id");
    }
    stream.send("<handshake>" + sha1(id.group(1) + secret) + "</handshake>");
    return stream;
  }

  /** Sends a text as it is. */
  void send(String xml) throws IOException {
    socket.getOutputStream().write(xml.getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
  }

  /**
   * Sends a request and returns the answer, an error too.
   *
   * @param to the address, or null for the user's own account
   */
  String get(String type, @Nullable String to, String payload) throws IOException {
    String id = "raw" + ++lastId;
    send(
        "<iq type='"
            + type
            + "' id='"
            + id
            + "'"
            + (to == null ? "" : " to='" + to + "'")
            + ">"
            + payload
            + "</iq>");
    String answer = awaitMatch(Pattern.compile("^<iq [^>]*id=['\"]" + id + "['\"]"));
    return answer;
  }

  /** Returns the next stanza that holds all these texts; those before it are dropped. */
  String await(String... parts) throws IOException {
    StringBuilder pattern = new StringBuilder("(?s)^");
    for (String part : parts) {
      pattern.append("(?=.*").append(Pattern.quote(part)).append(")");
    }
    return awaitMatch(Pattern.compile(pattern.toString()));
  }

  /** Returns what arrives within a time, one after the other. */
  String within(Duration time) throws IOException {
    StringBuilder all = new StringBuilder();
    long end = System.nanoTime() + time.toNanos();
    while (read(end)) {
      stanzas.forEach(all::append);
      stanzas.clear();
    }
    return all.toString();
  }

  @Override
  public void close() throws IOException {
    try {
      send("</stream:stream>");
    } catch (IOException e) {
      // The server ended the stream already.
    }
    socket.close();
  }

  private void header(String domain) throws IOException {
    send(
        "<?xml version='1.0'?><stream:stream xmlns='jabber:client'"
            + " xmlns:stream='http://etherx.jabber.org/streams' version='1.0' to='"
            + domain
            + "'>");
    await("<stream:features");
  }

  private String awaitMatch(Pattern pattern) throws IOException {
    long end = System.nanoTime() + LIMIT.toNanos();
    StringBuilder others = new StringBuilder();
    while (true) {
      for (String stanza = stanzas.poll(); stanza != null; stanza = stanzas.poll()) {
        if (pattern.matcher(stanza).find()) {
          return stanza;
        }
        others.append('\n').append(stanza);
      }
      if (!read(end)) {
        throw new AssertionError("No stanza like " + pattern + ", but:" + others);
      }
    }
  }

  /** Reads what is there; returns false if nothing came until then, or nothing will. */
  private boolean read(long end) throws IOException {
    long left = (end - System.nanoTime()) / 1_000_000;
    if (left <= 0) {
      return false;
    }
    socket.setSoTimeout((int) left);
    try {
      int n = in.read(buffer);
      if (n < 0) {
        return false;
      }
      splitter.feed(new String(buffer, 0, n));
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }

  static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String sha1(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("No SHA-1", e);
    }
  }
}
