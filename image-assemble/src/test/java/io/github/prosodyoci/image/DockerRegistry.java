package io.github.prosodyoci.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Debian's docker-registry on a free port, with or without a login. */
public final class DockerRegistry implements AutoCloseable {

  static final String USER = "tester";
  static final String PASSWORD = "secret";

  private static final String HTPASSWD =
      USER + ":$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n";

  final int port;
  private final Process process;

  public DockerRegistry(Path folder, boolean login) throws IOException {
    this(folder, login, "");
  }

  /** Returns a registry with TLS; certificate and key are PEM files. */
  static DockerRegistry withTls(Path folder, boolean login, Path certificate, Path key)
      throws IOException {
    return new DockerRegistry(
        folder, login, ", tls: {certificate: " + certificate + ", key: " + key + "}");
  }

  private DockerRegistry(Path folder, boolean login, String tls) throws IOException {
    Tools.assumeInstalled("docker-registry");
    this.port = freePort();
    Files.createDirectories(folder);
    String auth = "";
    if (login) {
      Path htpasswd = Files.writeString(folder.resolve("htpasswd"), HTPASSWD);
      auth = "auth: {htpasswd: {realm: test, path: " + htpasswd + "}}\n";
    }
    Path config =
        Files.writeString(
            folder.resolve("config.yml"),
            """
            version: 0.1
            log: {level: warn}
            storage: {filesystem: {rootdirectory: %s}}
            http: {addr: ":%d", relativeurls: true%s}
            %s"""
                .formatted(folder.resolve("root"), port, tls, auth));
    this.process =
        new ProcessBuilder("docker-registry", "serve", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    awaitListening();
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitListening() throws IOException {
    for (int i = 0; i < 200; i++) {
      try (Socket socket = new Socket("127.0.0.1", port)) {
        if (socket.isConnected()) {
          return;
        }
      } catch (IOException e) {
        try {
          TimeUnit.MILLISECONDS.sleep(25);
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
    throw new IOException("docker-registry did not start within 5 s");
  }

  public String host() {
    return "127.0.0.1:" + port;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
