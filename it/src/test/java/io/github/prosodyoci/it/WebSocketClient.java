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

  private WebSocketClient(Container server, String domain) {
    socket =
        Web.CLIENT
            .newWebSocketBuilder()
            .subprotocols("xmpp")
            .header("Host", domain)
            .buildAsync(Web.reach(server, "wss", Web.HTTPS_PORT, "/xmpp-websocket"), new Listener())
            .orTimeout(10, TimeUnit.SECONDS)
            .join();
  }

  /** Connects over HTTPS and opens a stream. */
  static WebSocketClient open(Container server, String domain) {
    WebSocketClient client = new WebSocketClient(server, domain);
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
