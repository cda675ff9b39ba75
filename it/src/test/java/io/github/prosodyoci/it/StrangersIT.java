package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.Volume;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What connections may cost that never authenticate: memory, time and file descriptors. */
class StrangersIT {

  private static final int DIRECT_TLS_PORT = 5223;
  private static final int HTTPS_PORT = 5281;

  /**
   * Run in the container: opens 300 streams over direct TLS that each send $PART after the
   * features, and prints by how many KiB that made the server grow, divided by 300.
   */
  private static final String CROWD =
      """
      local socket, ssl = require "socket", require "ssl"
      local context = assert(ssl.newcontext { mode = "client", protocol = "any", verify = "none" })
      local open = {}
      local function connect(part)
        local connection = assert(socket.connect("127.0.0.1", 5223))
        connection = assert(ssl.wrap(connection, context))
        connection:settimeout(10)
        assert(connection:dohandshake())
        assert(connection:send(os.getenv "START"))
        local answer = ""
        repeat
          answer = answer .. assert(connection:receive(1))
        until answer:find("</stream:features>", 1, true)
        assert(connection:send(part))
        open[#open + 1] = connection
      end
      local function memory()
        socket.sleep(2)
        return tonumber(io.open("/proc/1/status"):read("a"):match("VmRSS:%s+(%d+)"))
      end
      for _ = 1, 20 do connect("") end
      local before = memory()
      for _ = 1, 300 do connect(os.getenv "PART") end
      print((memory() - before) // 300)
      """;

  /**
   * Run in the container: opens connections that never authenticate, some of which send a byte each
   * second, and prints for each by how many seconds the server ended it, 75 at most.
   */
  private static final String PATIENT_CROWD =
      """
      local socket, ssl = require "socket", require "ssl"
      local context = assert(ssl.newcontext { mode = "client", protocol = "any", verify = "none" })
      local crowd = {}
      local function add(name, port, tls, start, drips)
        local started = socket.gettime()
        local connection = assert(socket.connect("127.0.0.1", port))
        if tls then
          connection = assert(ssl.wrap(connection, context))
          assert(connection:dohandshake())
        end
        connection:send(start)
        connection:settimeout(0)
        table.insert(crowd, { name = name .. " on " .. port, connection = connection, started = started, drips = drips })
      end
      for _, port in ipairs { 5000, 5222, 5223, 5269, 5270, 5280, 5281, 5347 } do
        add("silent", port, false, "", false)
      end
      add("silent in TLS", 5223, true, "", false)
      add("silent in TLS", 5281, true, "", false)
      add("drip", 5222, false, os.getenv "CLIENT", true)
      add("drip", 5269, false, os.getenv "SERVER", true)
      add("drip", 5347, false, os.getenv "COMPONENT", true)
      add("drip", 5280, false, "GET / HTTP/1.1\\r\\nX: ", true)
      -- The head of a TLS record, which goes on.
      add("drip of a handshake", 5223, false, "\\x16\\x03\\x01\\x10\\x00", true)
      local begin = socket.gettime()
      while #crowd > 0 and socket.gettime() - begin < 75 do
        socket.sleep(0.5)
        for i = #crowd, 1, -1 do
          local each = crowd[i]
          local _, err = each.connection:receive("*a")
          if err ~= "timeout" and err ~= "wantread" then
            print(("%s: %.1f"):format(each.name, socket.gettime() - each.started))
            table.remove(crowd, i)
          elseif each.drips and (socket.gettime() - begin) % 1 < 0.5 then
            each.connection:send(" ")
          end
        end
      end
      for _, each in ipairs(crowd) do print(each.name .. ": 75") end
      """;

  /** Run in the container: opens 600 connections, says nothing on them, and stays for a while. */
  private static final String SILENT_CROWD =
      """
      local socket = require "socket"
      local ports, open = { 5222, 5223, 5269, 5280, 5281, 5347 }, {}
      for i = 1, 600 do open[i] = socket.connect("127.0.0.1", ports[i % #ports + 1]) end
      socket.sleep(30)
      """;

  @ParameterizedTest
  @ValueSource(strings = {"", "<iq>", "<iq id='", "attributes"})
  void memory_beforeAuthentication_isAtMost64KibPerConnection(String start) throws Exception {
    String part =
        switch (start) {
          case "" -> "";
          case "attributes" -> "<iq " + LimitsIT.attributes(400);
          default -> start + "x".repeat(4700);
        };
    // On a slow machine the first ones must still be there when the last one comes.
    Volume etc =
        Volume.create()
            .write("conf.d/x.cfg.lua", "c2s_timeout = 600\ncontainer_stranger_seconds = 600\n");
    try (Container server = LimitsIT.builder().volume(etc, "/etc/prosody").start()) {
      ProsodyImage.awaitClient(server);
      String output =
          server
              .exec(Map.of("START", LimitsIT.CLIENT_STREAM, "PART", part), "lua5.4", "-e", CROWD)
              .output();
      System.out.println("KiB of each connection after \"" + start + "\": " + output.strip());

      assertThat(output.strip()).matches("\\d+");
      assertThat(Integer.parseInt(output.strip())).isBetween(10, 64);
    }
  }

  @Test
  void connections_thatNeverAuthenticate_endWithinAMinute() {
    try (Container server = LimitsIT.server()) {
      Map<String, String> streams =
          Map.of(
              "CLIENT", LimitsIT.CLIENT_STREAM,
              "SERVER", LimitsIT.SERVER_STREAM,
              "COMPONENT", LimitsIT.COMPONENT_STREAM);
      List<String> lines =
          server.exec(streams, "lua5.4", "-e", PATIENT_CROWD).output().lines().toList();

      assertThat(lines).as("one line for each of them").hasSize(15);
      for (String line : lines) {
        System.out.println(line);
        assertThat(Double.parseDouble(line.substring(line.lastIndexOf(' '))))
            .as(line)
            .isBetween(5.0, 60.0);
      }
      assertThat(server.log().text()).doesNotContain("raceback");
    }
  }

  @Test
  void descriptors_few_loginAndHealthCheckStillWork() throws Exception {
    try (Container server =
        ProsodyImage.server()
            .env("PROSODY_ACCOUNTS", "alice@example.test:secret")
            .entrypoint("sh", "-c", "ulimit -n 256; exec /usr/bin/prosody-entrypoint")
            .start()) {
      ProsodyImage.awaitClient(server);
      server.execInBackground("lua5.4", "-e", SILENT_CROWD);
      server.log().await("of 256 file descriptors are in use", Duration.ofSeconds(10));
      long start = System.nanoTime();
      RawStream.login(server, "alice", "secret").close();

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
      assertThat(server.exec("/usr/bin/prosody-health").output())
          .isEqualTo("{\"status\":\"ok\"}\n");
    }
  }
}
