package io.github.prosodyoci.packages;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Serves a folder over http to this machine alone. */
public final class StaticServer implements AutoCloseable {

  private final HttpServer server;
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<String> logins = new CopyOnWriteArrayList<>();

  /** Starts to serve a folder. */
  public StaticServer(Path folder) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          asked.add(path);
          String login = exchange.getRequestHeaders().getFirst("Authorization");
          logins.add(login == null ? "" : login);
          Path file = folder.resolve(path.substring(1)).normalize();
          boolean there = file.startsWith(folder) && Files.isRegularFile(file);
          byte[] body = there ? Files.readAllBytes(file) : new byte[0];
          exchange.sendResponseHeaders(there ? 200 : 404, there ? body.length : -1);
          if (there) {
            exchange.getResponseBody().write(body);
          }
          exchange.close();
        });
    server.start();
  }

  /** Returns the address of the folder. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Returns the paths asked for so far. */
  public List<String> asked() {
    return asked;
  }

  /** Returns the header {@code Authorization} of each request so far, empty if it had none. */
  public List<String> logins() {
    return logins;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
