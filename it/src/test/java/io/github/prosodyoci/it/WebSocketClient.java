package io.github.prosodyoci.it;

import io.github.prosodyoci.it.container.Container;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** XMPP over WebSocket (RFC 7395), by hand. */
final class WebSocketClient implements AutoCloseable {

  private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
  private final WebSocket socket;

  private WebSocketClient(Container server, String domain, @Nullable String forwardedFor) {
    WebSocket.Builder builder =
        Web.CLIENT.newWebSocketBuilder().subprotocols("xmpp").header("Host", domain);
    if (forwardedFor != null) {
      builder.header("X-Forwarded-For", forwardedFor);
    }
    socket =
        builder
            .buildAsync(Web.reach(server, "wss", Web.HTTPS_PORT, "/xmpp-websocket"), new Listener())
            .orTimeout(10, TimeUnit.SECONDS)
            .join();
  }

  /** Connects over HTTPS and opens a stream. */
  static WebSocketClient open(Container server, String domain) {
    return opened(new WebSocketClient(server, domain, null), domain);
  }

  /** Connects as a reverse proxy does for a client with an address, and opens a stream. */
  static WebSocketClient openForwarded(Container server, String domain, String forwardedFor) {
    return opened(new WebSocketClient(server, domain, forwardedFor), domain);
  }

  private static WebSocketClient opened(WebSocketClient client, String domain) {
    client.send(
        "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' version='1.0' to='" + domain + "'/>");
    return client;
  }

  /** Sends a stanza. */
  void send(String xml) {
    socket.sendText(xml, true).orTimeout(10, TimeUnit.SECONDS).join();
  }

  /** Returns the next stanza that holds a text. */
  String await(String part) throws InterruptedException {
    while (true) {
      String message = messages.poll(10, TimeUnit.SECONDS);
      if (message == null) {
        throw new AssertionError("Nothing with \"" + part + "\" from the WebSocket");
      }
      if (message.contains(part)) {
        return message;
      }
    }
  }

  @Override
  public void close() {
    socket.abort();
  }

  private final class Listener implements WebSocket.Listener {

    private final StringBuilder text = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        messages.add(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return null;
    }
  }
}
