package io.github.prosodyoci.fetch;

import io.github.prosodyoci.recipe.Origin;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that answers each connection with bytes that need not be HTTP at all. */
final class RawServer implements AutoCloseable {

  @FunctionalInterface
  interface Answer {
    void to(Socket connection) throws Exception;
  }

  private final ServerSocket socket;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger connections = new AtomicInteger();

  RawServer(Answer answer) throws IOException {
    socket = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    threads.execute(
        () -> {
          while (!socket.isClosed()) {
            accept(answer);
          }
        });
  }

  /** Returns a server that sends a text and closes the connection. */
  static RawServer sending(String text) throws IOException {
    return new RawServer(
        connection ->
            connection.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1)));
  }

  private void accept(Answer answer) {
    try {
      Socket connection = socket.accept();
      connections.incrementAndGet();
      threads.execute(
          () -> {
            try (connection) {
              readRequest(connection.getInputStream());
              answer.to(connection);
            } catch (Exception e) {
              // the client went away, as it may
              return;
            }
          });
    } catch (IOException e) {
      // closed
      return;
    }
  }

  private static void readRequest(InputStream in) throws IOException {
    int matched = 0;
    for (int b = in.read(); b >= 0 && matched < 4; ) {
      matched = b == "\r\n\r\n".charAt(matched) ? matched + 1 : 0;
      if (matched < 4) {
        b = in.read();
      }
    }
  }

  int connections() {
    return connections.get();
  }

  Origin origin() {
    return new Origin.Https(URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/file"));
  }

  @Override
  public void close() throws IOException {
    socket.close();
    threads.shutdownNow();
  }
}
