package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.ContainerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one connection may cost the server. */
class LimitsIT {

  static final int SERVER_PORT = 5269;
  static final int HTTP_PORT = 5280;
  static final int COMPONENT_PORT = 5347;
  static final String CLIENT_STREAM = header("jabber:client", "");
  static final String SERVER_STREAM =
      header("jabber:server", " from='other.test' xmlns:db='jabber:server:dialback'");
  static final String COMPONENT_STREAM =
      header("jabber:component:accept", "").replace("to='example.test'", "to='bridge.test'");

  @Test
  void elements_beforeAuthentication_areFew() throws Exception {
    Map<Integer, String> streams =
        Map.of(
            ProsodyImage.CLIENT_PORT,
            CLIENT_STREAM,
            SERVER_PORT,
            SERVER_STREAM,
            COMPONENT_PORT,
            COMPONENT_STREAM);
    try (Container server = server()) {
      for (Map.Entry<Integer, String> stream : streams.entrySet()) {
        int port = stream.getKey();
        assertThat(answer(server, port, stream.getValue() + "<iq>" + "<a/>".repeat(30)))
            .as("30 elements, port %d", port)
            .doesNotContain("stream:error");
        assertThat(answer(server, port, stream.getValue() + "<iq>" + "<a/>".repeat(60)))
            .as("60 elements, port %d", port)
            .contains("<stream:error><not-well-formed");
        assertThat(answer(server, port, stream.getValue() + "<iq " + attributes(60) + ">"))
            .as("60 attributes, port %d", port)
            .contains("<stream:error><not-well-formed");
        assertThat(answer(server, port, stream.getValue() + "<iq>" + "x".repeat(6000)))
            .as("6000 bytes, port %d", port)
            .contains("<stream:error>");
      }
    }
  }

  @Test
  void elements_ofClient_areLimited() throws Exception {
    try (Container server = server()) {
      try (RawStream stream = RawStream.login(server, "alice", "secret")) {
        assertThat(stream.get("get", null, many(24_000))).contains("service-unavailable");
        stream.send("<iq type='get' id='x'>" + many(26_000) + "</iq>");
        stream.await("<stream:error", "not-well-formed");
      }
    }
  }

  @Test
  void elements_ofComponent_areLimited() throws Exception {
    try (Container server = server()) {
      try (RawStream stream = RawStream.component(server, "bridge.test", "s3cret")) {
        stream.await("<handshake");
        stream.send("<iq type='get' id='few' from='bridge.test' to='example.test'>");
        stream.send(many(20_000) + "</iq>");
        stream.await("id='few'", "service-unavailable");
        stream.send("<message from='bridge.test' to='alice@example.test'>");
        stream.send("<a/>".repeat(26_000) + "</message>");
        stream.await("<stream:error", "not-well-formed");
      }
    }
  }

  @Test
  void stream_utf16_isRefused() throws Exception {
    try (Container server = server()) {
      for (Charset charset : List.of(StandardCharsets.UTF_16, StandardCharsets.UTF_16LE)) {
        try (Socket socket = open(server, ProsodyImage.CLIENT_PORT)) {
          socket.getOutputStream().write(CLIENT_STREAM.getBytes(charset));
          assertThat(read(socket)).contains("<stream:error>").doesNotContain("stream:features");
        }
      }
      try (Socket socket = open(server, COMPONENT_PORT)) {
        socket.getOutputStream().write(COMPONENT_STREAM.getBytes(StandardCharsets.UTF_16LE));
        assertThat(read(socket)).contains("<stream:error>");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: -1",
        "Content-Length: 0x5",
        "Content-Length: 1e1",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "no colon"
      })
  void http_badRequest_isRefusedInOneLine(String field) throws Exception {
    try (Container server = server()) {
      String request = "POST /http-bind HTTP/1.1\r\nHost: example.test\r\n" + field + "\r\n\r\n";

      assertThat(answer(server, HTTP_PORT, request)).startsWith("HTTP/1.1 400 Bad Request\r\n");
      assertThat(server.log().lines().stream().filter(line -> line.startsWith("http.server")))
          .singleElement()
          .asString()
          .contains("Refused a request from ");
      assertThat(server.log().text()).doesNotContain("raceback");
    }
  }

  @Test
  void stanza_nestedDeeply_isRefusedInOneLine() throws Exception {
    try (Container server = server();
        RawStream stream = RawStream.login(server, "alice", "secret")) {
      String deep = "<a xmlns='x'>" + "<a>".repeat(200) + "</a>".repeat(201);
      stream.send(
          "<message id='m1' type='chat' to='bob@example.test'><body/>" + deep + "</message>");
      stream.await("id='m1'", "<policy-violation");
      assertThat(stream.get("set", null, "<query xmlns='jabber:iq:private'>" + deep + "</query>"))
          .contains("<policy-violation");
      // 60 levels are fine.
      String shallow = "<a xmlns='x'>" + "<a>".repeat(57) + "</a>".repeat(58);
      assertThat(
              stream.get("set", null, "<query xmlns='jabber:iq:private'>" + shallow + "</query>"))
          .contains("type='result'");
      assertThat(server.log().text())
          .doesNotContain("raceback")
          .contains("Refused a stanza with more than 64 levels");
    }
  }

  static ContainerBuilder builder() {
    return ProsodyImage.server()
        .env("PROSODY_ACCOUNTS", "alice@example.test:secret\nbob@example.test:secret")
        .env("PROSODY_EXTERNAL_COMPONENTS", "bridge.test:s3cret")
        .env("PROSODY_C2S_RATE_LIMIT", "off");
  }

  static Container server() {
    Container server = builder().start();
    ProsodyImage.awaitClient(server);
    return server;
  }

  private static String header(String namespace, String more) {
    return "<?xml version='1.0'?><stream:stream xmlns='"
        + namespace
        + "' xmlns:stream='http://etherx.jabber.org/streams' version='1.0' to='example.test'"
        + more
        + ">";
  }

  static String attributes(int count) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < count; i++) {
      all.append(" a").append(i).append("=''");
    }
    return all.toString();
  }

  private static String many(int elements) {
    return "<query xmlns='x'>" + "<a/>".repeat(elements) + "</query>";
  }

  static Socket open(Container server, int port) throws IOException {
    InetSocketAddress address = server.address(port);
    return new Socket(address.getAddress(), address.getPort());
  }

  /** Returns what the server sends back within a second. */
  private static String answer(Container server, int port, String text) throws IOException {
    try (Socket socket = open(server, port)) {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      return read(socket);
    }
  }

  private static String read(Socket socket) throws IOException {
    StringBuilder all = new StringBuilder();
    socket.setSoTimeout(1000);
    try {
      for (int next = socket.getInputStream().read();
          next >= 0;
          next = socket.getInputStream().read()) {
        all.append((char) next);
      }
    } catch (SocketTimeoutException e) {
      // The stream stays open.
    }
    return all.toString();
  }
}
