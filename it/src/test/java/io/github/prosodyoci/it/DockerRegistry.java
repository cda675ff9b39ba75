package io.github.prosodyoci.it;

import io.github.prosodyoci.it.container.Tools;
import io.github.prosodyoci.it.container.Workspace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;

/** The real docker-registry (the Distribution project's) on a loopback port, with nothing in it. */
final class DockerRegistry implements AutoCloseable {

  private final Process process;
  private final Path log;
  private final String address;

  DockerRegistry() throws IOException, InterruptedException {
    Path folder = Workspace.newFolder("registry");
    log = folder.resolve("log");
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    address = "127.0.0.1:" + port;
    Path config =
        Files.writeString(
            folder.resolve("config.yml"),
            """
            version: 0.1
            storage:
              filesystem:
                rootdirectory: %s
            http:
              addr: %s
            """
                .formatted(folder.resolve("data"), address));
    process =
        new ProcessBuilder(Tools.require("docker-registry"), "serve", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    awaitOpen(port);
  }

  /** Returns host and port. */
  String address() {
    return address;
  }

  @Override
  public void close() {
    process.destroy();
  }

  private void awaitOpen(int port) throws IOException, InterruptedException {
    for (int attempt = 0; attempt < 500; attempt++) {
      try {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        return;
      } catch (IOException e) {
        if (!process.isAlive()) {
          break;
        }
        Thread.sleep(20);
      }
    }
    process.destroy();
    throw new AssertionError("docker-registry does not serve:\n" + Files.readString(log));
  }
}
