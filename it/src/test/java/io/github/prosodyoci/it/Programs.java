package io.github.prosodyoci.it;

import io.github.prosodyoci.it.container.Tools;
import io.github.prosodyoci.it.container.Workspace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;

/** Programs for shell scripts, each call of which a test answers with a script to run. */
final class Programs implements AutoCloseable {

  /** Answers a call. */
  @FunctionalInterface
  interface Answer {

    /**
     * Returns the script that a call runs; what this throws, the program prints, and fails.
     *
     * @param folder the folder that it was called in
     * @param words the program's name and its arguments
     */
    String to(Path folder, Deque<String> words) throws Exception;
  }

  private final Answer answer;
  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Path folder = Workspace.newFolder("programs");

  Programs(List<String> names, Answer answer) throws IOException {
    this.answer = answer;
    for (String name : names) {
      Path file = folder.resolve(name);
      Files.writeString(
          file,
          "#!/bin/sh\n"
              + "reply=$(for word in \"$PWD\" "
              + name
              + " \"$@\"; do printf %s \"$word\" | base64 -w 0; echo; done | "
              + Tools.require("socat")
              + " -t 120 - TCP:127.0.0.1:"
              + server.getLocalPort()
              + ")\n"
              + "eval \"$reply\"\n");
      file.toFile().setExecutable(true);
    }
    Thread thread = new Thread(this::serve, "programs");
    thread.setDaemon(true);
    thread.start();
  }

  /** Returns the folder of the programs. */
  Path folder() {
    return folder;
  }

  /** Returns a script that prints a text. */
  static String text(String text) {
    return "printf '%s\\n' " + quote(text);
  }

  /** Returns a word as a shell reads it. */
  static String quote(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        Deque<String> words = new ArrayDeque<>();
        new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
            .lines()
            .map(line -> new String(Base64.getDecoder().decode(line), StandardCharsets.UTF_8))
            .forEach(words::add);
        socket.getOutputStream().write(answer(words).getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // Closed, or a script that was ended.
      }
    }
  }

  private String answer(Deque<String> words) {
    String all = String.join(" ", words);
    try {
      return answer.to(Path.of(words.remove()), words);
    } catch (Exception | AssertionError e) {
      return text(all + ": " + e) + " >&2; exit 125";
    }
  }
}
