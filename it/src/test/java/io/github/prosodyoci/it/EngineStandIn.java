package io.github.prosodyoci.it;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.ContainerBuilder;
import io.github.prosodyoci.it.container.ImageArchive;
import io.github.prosodyoci.it.container.Reachable;
import io.github.prosodyoci.it.container.Volume;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * Programs {@code docker} and {@code kubectl} for shell scripts, that start containers of the image
 * under test without an engine. They know what the documentation uses, and refuse all else.
 */
final class EngineStandIn implements Engine {

  private static final Duration STOP = Duration.ofSeconds(10);

  private final String imageName;
  private final ImageArchive image;
  private final BiConsumer<String, Reachable> beforeStop;
  private final Programs programs;
  private final Map<String, Volume> volumes = new HashMap<>();
  private final Map<String, ContainerBuilder> builders = new HashMap<>();
  private final Map<String, Container> containers = new LinkedHashMap<>();
  private final Map<String, Set<String>> hostPorts = new HashMap<>();
  private final Map<String, Kubernetes> pods = new HashMap<>();
  private final Set<String> ready = new TreeSet<>();
  private final Set<String> ofChapter = new TreeSet<>();

  /**
   * Makes the programs.
   *
   * @param beforeStop is told name and container before one is stopped
   */
  EngineStandIn(BiConsumer<String, Reachable> beforeStop) throws IOException {
    this.imageName = ProsodyImage.imageJson().required("name").textValue();
    this.image = ProsodyImage.archive();
    this.beforeStop = beforeStop;
    programs = new Programs(List.of("docker", "kubectl"), this::answer);
  }

  @Override
  public Path programs() {
    return programs.folder();
  }

  @Override
  public void addVolume(String name, int uid, int gid) {
    volumes.put(name, Volume.of(Volume.create().owner(uid, gid).folder()));
  }

  @Override
  public void beginChapters() {
    ofChapter.clear();
  }

  @Override
  public void endChapter(String lasting) throws InterruptedException {
    for (String name : ofChapter) {
      if (!name.equals(lasting) && containers.containsKey(name)) {
        stopIfRunning(name);
        remove(name);
      }
    }
    ofChapter.clear();
    if (containers.containsKey(lasting) && !containers.get(lasting).isRunning()) {
      start(lasting);
      awaitHealth(running(lasting));
    }
  }

  @Override
  public void stopIfRunning(String name) {
    if (containers.containsKey(name) && containers.get(name).isRunning()) {
      stop(name);
    }
  }

  @Override
  public void close() throws IOException {
    programs.close();
    containers.values().forEach(Container::close);
  }

  /** Answers a call of {@code docker} or {@code kubectl}. */
  String answer(Path folder, Deque<String> words) throws Exception {
    return words.remove().equals("docker") ? docker(folder, words) : kubectl(folder, words);
  }

  private String docker(Path folder, Deque<String> words) throws Exception {
    String command = words.remove();
    switch (command) {
      case "run":
        return run(folder, words);
      case "exec":
        boolean interactive = words.peek().equals("-i") && words.remove() != null;
        return exec(words.remove(), words, interactive);
      case "logs":
        return Programs.text(running(words.remove()).log().text());
      case "kill":
        expect(words.remove(), "--signal");
        String signal = words.remove();
        running(words.remove()).signal(signal);
        return Programs.text("");
      case "stop":
        for (String name : words) {
          stop(name);
        }
        return Programs.text(String.join("\n", words));
      case "restart":
        String name = words.remove();
        stop(name);
        start(name);
        return Programs.text(name);
      case "rm":
        for (String removed : words) {
          remove(removed);
        }
        return Programs.text(String.join("\n", words));
      case "compose":
        return compose(folder, words);
      default:
        throw new IllegalArgumentException("not known to the test: docker " + command);
    }
  }

  private String run(Path folder, Deque<String> words) {
    ContainerBuilder builder = image.container();
    boolean detached = false;
    String name = "unnamed" + containers.size();
    String entrypoint = null;
    Set<String> ports = new TreeSet<>();
    while (words.element().startsWith("-")) {
      String option = words.remove();
      switch (option) {
        case "-d" -> detached = true;
        case "--rm" -> {}
        case "--name" -> name = words.remove();
        case "--entrypoint" -> entrypoint = words.remove();
        case "--user" -> builder.user(words.remove());
        case "--read-only" -> builder.readOnly();
        case "--tmpfs" -> builder.tmpfs(words.remove());
        // Always so in these containers.
        case "--cap-drop" -> expect(words.remove(), "ALL");
        case "--security-opt" -> expect(words.remove(), "no-new-privileges");
        case "-e" -> variable(builder, words.remove());
        case "-p" -> ports.add(hostPort(words.remove()));
        case "-v" -> mount(folder, builder, words.remove());
        default -> throw new IllegalArgumentException("not known to the test: " + option);
      }
    }
    expect(words.remove(), imageName);
    if (containers.containsKey(name)) {
      throw new IllegalStateException("there is a container " + name + " already");
    }
    requireFree(ports);
    List<String> arguments = new ArrayList<>(words);
    if (entrypoint != null) {
      arguments.add(0, entrypoint);
      builder.entrypoint(arguments.toArray(new String[0]));
    } else if (!arguments.isEmpty()) {
      builder.cmd(arguments.toArray(new String[0]));
    }
    Container container = builder.start();
    if (detached) {
      containers.put(name, container);
      builders.put(name, builder);
      hostPorts.put(name, ports);
      ofChapter.add(name);
      return Programs.text(name);
    }
    try (container) {
      int code = container.awaitExit(Duration.ofSeconds(60));
      return Programs.text(container.log().text()) + "; exit " + code;
    }
  }

  private String exec(String name, Deque<String> words, boolean interactive) {
    List<String> command = running(name).command(Map.of(), new ArrayList<>(words)).words();
    return "exec "
        + command.stream().map(Programs::quote).collect(Collectors.joining(" "))
        + (interactive ? "" : " </dev/null");
  }

  private String compose(Path folder, Deque<String> words) throws Exception {
    String command = words.remove();
    Compose file = Compose.read(folder.resolve("compose.yaml"));
    switch (command) {
      case "up":
        expect(words.remove(), "-d");
        expect(words.remove(), "--wait");
        for (String service : file.services()) {
          run(folder, new ArrayDeque<>(file.runOptions(service)));
          awaitHealth(running(Compose.container(service)));
        }
        return Programs.text("started");
      case "exec":
        return exec(Compose.container(words.remove()), words, false);
      default:
        throw new IllegalArgumentException("not known to the test: docker compose " + command);
    }
  }

  private String kubectl(Path folder, Deque<String> words) throws Exception {
    String command = words.remove();
    switch (command) {
      case "apply":
        expect(words.remove(), "-f");
        Kubernetes pod = Kubernetes.read(folder.resolve(words.remove()));
        expect(pod.image(), imageName);
        containers.put(pod.name(), pod.builder(image).start());
        pods.put(pod.name(), pod);
        ofChapter.add(pod.name());
        return Programs.text("created");
      case "rollout":
        expect(words.remove(), "status");
        String set = words.remove();
        expect(set.substring(0, set.indexOf('/')), "statefulset");
        String first = set.substring(set.indexOf('/') + 1) + "-0";
        pods.get(first).awaitProbes(running(first));
        ready.add(first);
        return Programs.text("complete");
      case "exec":
        String name = words.remove();
        expect(words.remove(), "--");
        if (!ready.contains(name)) {
          throw new IllegalStateException("nothing has waited until " + name + " is ready");
        }
        return exec(name, words, false);
      default:
        throw new IllegalArgumentException("not known to the test: kubectl " + command);
    }
  }

  /** Waits as an engine does that asks the image's health check. */
  private void awaitHealth(Container container) throws InterruptedException {
    List<String> words = new ArrayList<>();
    JsonNode test = image.config().document().path("config").path("Healthcheck").path("Test");
    test.forEach(word -> words.add(word.textValue()));
    expect(words.remove(0), "CMD");
    String[] check = words.toArray(new String[0]);
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (container.exec(check).exitCode() != 0) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("not healthy:\n" + container.log().text());
      }
      Thread.sleep(100);
    }
  }

  private void stop(String name) {
    Container container = running(name);
    if (!container.isRunning()) {
      throw new IllegalStateException(name + " does not run any more:\n" + container.log().text());
    }
    beforeStop.accept(name, container);
    int code = container.stop(STOP);
    if (code != 0) {
      throw new IllegalStateException(name + " ended with " + code);
    }
  }

  private void start(String name) {
    requireFree(hostPorts.getOrDefault(name, Set.of()));
    running(name).close();
    containers.put(name, builders.get(name).start());
  }

  private void remove(String name) {
    Container container = running(name);
    if (container.isRunning()) {
      throw new IllegalStateException(name + " still runs");
    }
    container.close();
    containers.remove(name);
  }

  private Container running(String name) {
    Container container = containers.get(name);
    if (container == null) {
      throw new IllegalArgumentException("no container " + name);
    }
    return container;
  }

  private static void variable(ContainerBuilder builder, String pair) {
    int equals = pair.indexOf('=');
    builder.env(pair.substring(0, equals), pair.substring(equals + 1));
  }

  /** Fails if a running container publishes one of these ports of the host. */
  private void requireFree(Set<String> ports) {
    containers.forEach(
        (name, container) -> {
          Set<String> taken = new TreeSet<>(hostPorts.getOrDefault(name, Set.of()));
          taken.retainAll(ports);
          if (container.isRunning() && !taken.isEmpty()) {
            throw new IllegalStateException(
                "ports " + taken + " are already allocated, to " + name);
          }
        });
  }

  private String hostPort(String pair) {
    String port = pair.substring(pair.lastIndexOf(':') + 1);
    if (image.config().exposedPorts().stream().noneMatch(p -> p.replace("/tcp", "").equals(port))) {
      throw new IllegalArgumentException("the image does not expose port " + port);
    }
    return pair.substring(0, pair.lastIndexOf(':'));
  }

  private void mount(Path folder, ContainerBuilder builder, String mount) {
    String[] parts = mount.split(":");
    boolean readOnly = parts.length > 2;
    if (readOnly) {
      expect(parts[2], "ro");
    }
    boolean named = !parts[0].contains("/");
    if (named) {
      builder.volume(volumes.computeIfAbsent(parts[0], any -> Volume.create()), parts[1]);
    } else if (readOnly) {
      builder.mount(folder.resolve(parts[0]), parts[1]);
    } else {
      builder.volume(Volume.of(folder.resolve(parts[0])), parts[1]);
    }
  }

  private static void expect(String found, String expected) {
    if (!found.equals(expected)) {
      throw new IllegalArgumentException("expected " + expected + ", found " + found);
    }
  }
}
