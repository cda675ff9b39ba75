package io.github.prosodyoci.it.container;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * A port of this machine's loopback interface that leads to a port in a container's network, as
 * {@code docker run --publish} makes one. Each connection is carried by a socat in that network.
 */
final class PortForward implements AutoCloseable {

  private final ServerSocket server;
  private final List<String> carrier;
  private final List<Socket> sockets = new ArrayList<>();

  PortForward(List<String> inNetwork, String address, int port) {
    carrier = new ArrayList<>(inNetwork);
    // -t: a half that was closed long ago must not keep the other half waiting.
    carrier.addAll(List.of(Tools.require("socat"), "-t", "5", "-", "TCP:" + address + ":" + port));
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException("Could not open a port on loopback", e);
    }
    start(this::accept);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
  }

  /** Breaks the connections that are open now off, without a word to either side. */
  void cut() {
    try {
      synchronized (sockets) {
        for (Socket socket : sockets) {
          // No TLS close_notify comes from here: this end knows nothing of what it carries.
          socket.close();
        }
        sockets.clear();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Could not cut the connections to " + address(), e);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      synchronized (sockets) {
        for (Socket socket : sockets) {
          socket.close();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Could not close the port " + address(), e);
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        synchronized (sockets) {
          sockets.add(socket);
        }
        Process process =
            new ProcessBuilder(carrier).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        start(() -> copy(process.getInputStream(), socket, process));
        start(() -> copy(socket, process.getOutputStream()));
      } catch (IOException e) {
        // Closed, or one connection failed: its client sees that by itself.
      }
    }
  }

  private static void copy(InputStream in, Socket socket, Process process) {
    try (socket) {
      OutputStream out = socket.getOutputStream();
      pump(in, out);
    } catch (IOException e) {
      // The client went away.
    } finally {
      process.destroy();
    }
  }

  private static void copy(Socket socket, OutputStream out) {
    try (out) {
      pump(socket.getInputStream(), out);
    } catch (IOException e) {
      // The container went away, or the client broke off.
    }
  }

  private static void pump(InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[1 << 14];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      out.write(buffer, 0, n);
      out.flush();
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "port forward");
    thread.setDaemon(true);
    thread.start();
  }
}
