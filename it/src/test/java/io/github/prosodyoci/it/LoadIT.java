package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.Workspace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Clients by the hundred; {@code it/load} runs this with thousands. */
class LoadIT {

  private static final int CLIENTS = Integer.getInteger("prosodyoci.it.load.clients", 100);
  private static final int SECONDS = Integer.getInteger("prosodyoci.it.load.seconds", 5);
  private static final int INTERVAL = Integer.getInteger("prosodyoci.it.load.interval", 1000);
  private static final String STORAGE =
      System.getProperty("prosodyoci.it.load.storage", "internal");
  private static final String PASSWORD = "load";
  private static final int DIRECT_TLS_PORT = 5223;

  /** What the server takes before the first client, and what each one may add. */
  private static final long IDLE_KB = 40_000;

  private static final long CLIENT_KB = 150;

  @Test
  void talk_manyClients_losesNothingAndStaysSmall() throws Exception {
    Path secrets = Workspace.newFolder("secrets");
    StringBuilder accounts = new StringBuilder();
    for (int i = 0; i < CLIENTS; i++) {
      accounts.append("u" + i + "@" + ProsodyImage.DOMAIN + ":" + PASSWORD + "\n");
    }
    Files.writeString(secrets.resolve("PROSODY_ACCOUNTS"), accounts);
    try (Container server =
        ProsodyImage.server()
            .env("PROSODY_LOGLEVEL", "warn")
            .env("PROSODY_STORAGE", STORAGE)
            .mount(secrets, "/run/secrets")
            .start()) {
      StreamProbe.awaitFeatures(
          server.address(ProsodyImage.CLIENT_PORT),
          ProsodyImage.DOMAIN,
          Duration.ofSeconds(30 + CLIENTS / 10));
      Usage idle = Usage.of(server);
      Map<String, Long> seen = new HashMap<>();
      Map<String, Usage> usage = run(server, seen);
      Usage connected = usage.get("connected");
      Usage warm = usage.get("warm");
      Usage finished = usage.get("finished");

      System.out.printf(
          "Storage %s: %d clients, a message each per %d ms for %d s: %d sent, %d received, %d broken;"
              + " latency median %.1f ms, 95 %% %.1f ms, 99 %% %.1f ms, worst %.1f ms;"
              + " logins took %.1f s, first messages %.1f s;"
              + " processor %.1f ms per login, %.1f ms per first message, %.2f ms per message;"
              + " memory (RSS) %.1f MB before, %.1f MB with all connected, %.1f MB after%n",
          STORAGE,
          CLIENTS,
          INTERVAL,
          SECONDS,
          seen.get("sent"),
          seen.get("received"),
          seen.get("broken"),
          seen.get("p50_us") / 1e3,
          seen.get("p95_us") / 1e3,
          seen.get("p99_us") / 1e3,
          seen.get("max_us") / 1e3,
          seen.get("connect_ms") / 1e3,
          seen.get("warm_up_ms") / 1e3,
          connected.millisSince(idle) / CLIENTS,
          warm.millisSince(connected) / CLIENTS,
          finished.millisSince(warm) / seen.get("sent"),
          idle.memory() / 1e3,
          connected.memory() / 1e3,
          finished.memory() / 1e3);
      assertThat(seen.get("broken")).as(server.log().text()).isZero();
      assertThat(seen.get("sent")).isEqualTo((long) CLIENTS * (SECONDS * 1000 / INTERVAL));
      assertThat(seen.get("received")).isEqualTo(seen.get("sent"));
      assertThat(seen.get("misplaced")).isZero();
      assertThat(idle.memory()).isLessThan(IDLE_KB);
      assertThat(finished.memory()).isLessThan(IDLE_KB + CLIENTS * CLIENT_KB);
    }
  }

  /** Returns what the server used when all clients were connected, had said a word, had talked. */
  private static Map<String, Usage> run(Container server, Map<String, Long> seen) throws Exception {
    Process process =
        new ProcessBuilder(
                server.inNetwork(
                    List.of(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-Xmx1g",
                        "-cp",
                        classes(),
                        LoadClients.class.getName(),
                        "10.88.0.2",
                        "" + DIRECT_TLS_PORT,
                        ProsodyImage.DOMAIN,
                        PASSWORD,
                        "" + CLIENTS,
                        "" + SECONDS,
                        "" + INTERVAL)))
            .redirectErrorStream(true)
            .start();
    Map<String, Usage> usage = new HashMap<>();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        Matcher figure = Pattern.compile("(\\w+) (-?\\d+)").matcher(line);
        if (figure.matches()) {
          seen.put(figure.group(1), Long.parseLong(figure.group(2)));
        } else if (List.of("connected", "warm", "finished").contains(line)) {
          usage.put(line, Usage.of(server));
          process.getOutputStream().write('\n');
          process.getOutputStream().flush();
        } else {
          System.out.println(line);
        }
      }
      assertThat(process.waitFor()).isZero();
    } finally {
      process.destroyForcibly();
    }
    return usage;
  }

  private static String classes() throws URISyntaxException {
    return Path.of(LoadClients.class.getProtectionDomain().getCodeSource().getLocation().toURI())
        .toString();
  }

  /**
   * What the server has used so far.
   *
   * @param memory resident, in kB
   * @param ticks processor time, in hundredths of a second
   */
  private record Usage(long memory, long ticks) {

    static Usage of(Container server) throws IOException {
      String status = server.exec("cat", "/proc/1/status").output();
      Matcher rss = Pattern.compile("VmRSS:\\s+(\\d+) kB").matcher(status);
      if (!rss.find()) {
        throw new IOException("No VmRSS in " + status);
      }
      // proc(5): fields 14 and 15, counted from behind the name, which may hold anything.
      String stat = server.exec("cat", "/proc/1/stat").output();
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return new Usage(
          Long.parseLong(rss.group(1)), Long.parseLong(fields[11]) + Long.parseLong(fields[12]));
    }

    double millisSince(Usage earlier) {
      return (ticks - earlier.ticks) * 10.0;
    }
  }
}
