package io.github.prosodyoci.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.Tools;
import io.github.prosodyoci.it.container.Workspace;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A real Chromium without a window, with one page, told what to do by the Chrome DevTools Protocol
 * over a pipe. Names of a server lead to its container, whose certificate is taken as it is.
 */
final class Browser implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  // Chromium reads commands from descriptor 3 and answers on descriptor 4.
  private static final String PIPES = "exec \"$@\" 3<&0 4>&1 >/dev/null 2>\"$LOG\"";

  private final JsonMapper json = new JsonMapper();
  private final List<String> problems = new ArrayList<>();
  private final Path log;
  private final Process process;
  private final InputStream answers;
  private @Nullable String session;
  private int lastId;
  private boolean loaded;

  private Browser(String rules) throws IOException {
    Path folder = Workspace.newFolder("browser");
    log = folder.resolve("log");
    List<String> command = new ArrayList<>(List.of("sh", "-c", PIPES, "sh"));
    command.add(Tools.require("chromium"));
    command.addAll(List.of("--headless", "--remote-debugging-pipe", "--disable-gpu"));
    // Its sandbox refuses to run as root.
    command.addAll(List.of("--no-sandbox", "--disable-dev-shm-usage", "--no-first-run"));
    command.addAll(List.of("--ignore-certificate-errors", "--disable-background-networking"));
    command.addAll(List.of("--user-data-dir=" + folder.resolve("profile"), "--lang=en"));
    command.add("--host-resolver-rules=" + rules);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("LOG", log.toString());
    builder.environment().put("HOME", folder.toString());
    process = builder.start();
    answers = new BufferedInputStream(process.getInputStream());
  }

  /** Opens a browser in which ports of a host name lead to those of a container. */
  static Browser open(Container server, String host, int... ports) throws IOException {
    List<String> rules = new ArrayList<>();
    for (int port : ports) {
      int reached = server.address(port).getPort();
      rules.add("MAP " + host + ":" + port + " 127.0.0.1:" + reached);
    }
    Browser browser = new Browser(String.join(",", rules));
    try {
      browser.attach();
    } catch (IOException | RuntimeException | Error e) {
      browser.close();
      throw e;
    }
    return browser;
  }

  private void attach() throws IOException {
    String target =
        call("Target.createTarget", Map.of("url", "about:blank")).at("/targetId").asText();
    Map<String, Object> attachment = Map.of("targetId", target, "flatten", true);
    session = call("Target.attachToTarget", attachment).at("/sessionId").asText();
    for (String domain : List.of("Page", "Runtime", "Log")) {
      call(domain + ".enable", Map.of());
    }
  }

  /** Gives the page the size of a device, in CSS pixels. */
  void size(int width, int height) throws IOException {
    Map<String, Object> metrics =
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600);
    call("Emulation.setDeviceMetricsOverride", metrics);
  }

  /** Lets no script of a page run. */
  void withoutScripts() throws IOException {
    call("Emulation.setScriptExecutionDisabled", Map.of("value", true));
  }

  /** Opens an address and waits until the page has loaded. */
  void go(String url) throws IOException {
    loaded = false;
    JsonNode answer = call("Page.navigate", Map.of("url", url));
    if (answer.has("errorText")) {
      throw new AssertionError(url + ": " + answer.path("errorText").asText());
    }
    awaitLoad();
  }

  /** Presses a button that leads to another page, and waits until that has loaded. */
  void press(String selector) throws IOException {
    loaded = false;
    evaluate("document.querySelector(" + quoted(selector) + ").click()");
    awaitLoad();
  }

  /** Puts text into a field. */
  void type(String selector, String text) throws IOException {
    evaluate("document.querySelector(" + quoted(selector) + ").value = " + quoted(text));
  }

  /**
   * Returns the value of an expression; if it is a promise, what becomes of it.
   *
   * @throws AssertionError if it fails
   */
  JsonNode evaluate(String expression) throws IOException {
    JsonNode answer =
        call(
            "Runtime.evaluate",
            Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
    if (answer.has("exceptionDetails")) {
      throw new AssertionError(expression + ": " + answer.get("exceptionDetails"));
    }
    return answer.at("/result/value");
  }

  /** Returns the visible text of the page. */
  String text() throws IOException {
    return evaluate("document.body.innerText").asText();
  }

  /** Waits until an expression is true. */
  void await(String expression) throws IOException, InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!evaluate("Boolean(" + expression + ")").asBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            expression + " did not become true; problems: " + problems + "; text:\n" + text());
      }
      Thread.sleep(50);
    }
  }

  /** Writes a picture of the page, in PNG. */
  void picture(Path file) throws IOException {
    byte[] picture =
        Base64.getDecoder().decode(call("Page.captureScreenshot", Map.of()).at("/data").asText());
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(file, picture);
  }

  /** Returns the errors so far of pages, such as what their content security policy refused. */
  List<String> problems() {
    return problems;
  }

  private void awaitLoad() throws IOException {
    while (!loaded) {
      handle(read());
    }
  }

  private String quoted(String text) {
    return json.getNodeFactory().textNode(text).toString();
  }

  private JsonNode call(String method, Map<String, ?> parameters) throws IOException {
    ObjectNode message = json.createObjectNode();
    int id = ++lastId;
    message.put("id", id).put("method", method).set("params", json.valueToTree(parameters));
    if (session != null) {
      message.put("sessionId", session);
    }
    process.getOutputStream().write((message + "\0").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
    while (true) {
      JsonNode answer = read();
      if (answer.path("id").asInt() == id) {
        if (answer.has("error")) {
          throw new AssertionError(method + ": " + answer.get("error"));
        }
        return answer.path("result");
      }
      handle(answer);
    }
  }

  private void handle(JsonNode event) {
    String method = event.path("method").asText();
    if (method.equals("Page.loadEventFired")) {
      loaded = true;
    } else if (method.equals("Runtime.exceptionThrown")
        || method.equals("Log.entryAdded")
            && event.at("/params/entry/level").asText().equals("error")) {
      problems.add(event.path("params").toString());
    }
  }

  private JsonNode read() throws IOException {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    while (true) {
      int next = answers.read();
      if (next < 0) {
        throw new IOException("Chromium has ended; its log:\n" + Files.readString(log));
      } else if (next == 0) {
        return json.readTree(message.toByteArray());
      }
      message.write(next);
    }
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
