package io.github.prosodyoci.it;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A web server on this machine that serves folders with repositories, as Alpine's mirrors do. */
final class AlpineMirror implements AutoCloseable {

  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(4);

  /**
   * Starts a mirror.
   *
   * @param repositories folders that hold a folder for each architecture, by their paths at the
   *     mirror, such as {@code /v3.24/main}
   */
  AlpineMirror(Map<String, Path> repositories) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    repositories.forEach(this::serve);
    server.start();
  }

  private void serve(String path, Path folder) {
    server.createContext(
        path + "/",
        exchange -> {
          String asked = exchange.getRequestURI().getPath().substring(path.length() + 1);
          Path file = folder.resolve(asked).normalize();
          boolean there = file.startsWith(folder) && Files.isRegularFile(file);
          exchange.sendResponseHeaders(there ? 200 : 404, there ? Files.size(file) : -1);
          if (there) {
            Files.copy(file, exchange.getResponseBody());
          }
          exchange.close();
        });
  }

  /** Returns its address. */
  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdown();
  }
}
