package io.github.prosodyoci.it;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** A web server for the files of a folder, on this machine's loopback interface. */
final class FolderServer implements AutoCloseable {

  private final HttpServer server;

  FolderServer(Path folder) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          Path file = folder.resolve(exchange.getRequestURI().getPath().substring(1)).normalize();
          boolean there = file.startsWith(folder) && Files.isRegularFile(file);
          exchange.sendResponseHeaders(there ? 200 : 404, there ? Files.size(file) : -1);
          if (there) {
            Files.copy(file, exchange.getResponseBody());
          }
          exchange.close();
        });
    server.start();
  }

  /** Returns the address of the folder. */
  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
