package io.github.prosodyoci.it;

import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Reachable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * A real Docker for shell scripts. Only what Debian has no program for is a stand-in: Compose,
 * whose file becomes options of {@code docker run}, and the cluster.
 */
final class DockerForScripts implements Engine {

  private final RealDocker docker = new RealDocker();
  private final EngineStandIn cluster;
  private final Programs programs;
  private final BiConsumer<String, Reachable> beforeStop;
  private final Set<String> before = new TreeSet<>();

  DockerForScripts(BiConsumer<String, Reachable> beforeStop) throws IOException {
    this.beforeStop = beforeStop;
    cluster = new EngineStandIn(beforeStop);
    programs = new Programs(List.of("docker", "kubectl"), this::answer);
    docker.call("load", "-i", ProsodyImage.archive().file().toString());
  }

  @Override
  public Path programs() {
    return programs.folder();
  }

  @Override
  public void addVolume(String name, int uid, int gid) throws IOException {
    docker.call("volume", "create", name);
    // Docker gives an empty volume the owner that the image has for its folder.
    Files.createFile(docker.volume(name).resolve(".used"));
    Command.of("chown", "-R", uid + ":" + gid, docker.volume(name).toString()).output();
  }

  @Override
  public void beginChapters() {
    before.clear();
    before.addAll(names("--all"));
    cluster.beginChapters();
  }

  @Override
  public void endChapter(String lasting) throws Exception {
    cluster.endChapter(lasting);
    Set<String> started = names("--all");
    started.removeAll(before);
    started.remove(lasting);
    for (String name : started) {
      stopIfRunning(name);
      docker.call("rm", name);
    }
    if (!names().contains(lasting)) {
      docker.call("start", lasting);
      docker.awaitHealth(lasting);
    }
    beginChapters();
  }

  @Override
  public void stopIfRunning(String name) {
    if (names().contains(name)) {
      stop(name);
    }
  }

  @Override
  public void close() throws IOException {
    programs.close();
    cluster.close();
    docker.close();
  }

  private String answer(Path folder, Deque<String> words) throws Exception {
    if (!words.element().equals("docker")) {
      return cluster.answer(folder, words);
    }
    words.remove();
    switch (words.element()) {
      case "stop":
        words.remove();
        words.forEach(this::stop);
        return Programs.text(String.join("\n", words));
      case "restart":
        words.stream().skip(1).forEach(name -> beforeStop.accept(name, docker.container(name)));
        return script(words);
      case "compose":
        words.remove();
        return compose(folder, words);
      default:
        return script(words);
    }
  }

  private String compose(Path folder, Deque<String> words) throws Exception {
    Compose file = Compose.read(folder.resolve("compose.yaml"));
    List<String> call = List.copyOf(words);
    if (call.equals(List.of("up", "-d", "--wait"))) {
      for (String service : file.services()) {
        List<String> run = new ArrayList<>(List.of("run"));
        for (String option : file.runOptions(service)) {
          run.add(option.startsWith("./") ? folder.resolve(option.substring(2)) + "" : option);
        }
        docker.call(run.toArray(String[]::new));
        docker.awaitHealth(Compose.container(service));
      }
      return Programs.text("started");
    }
    if (call.get(0).equals("exec")) {
      List<String> exec = new ArrayList<>(call);
      exec.set(1, Compose.container(call.get(1)));
      return script(exec);
    }
    throw new IllegalArgumentException("not known to the test: docker compose " + call);
  }

  private String script(Iterable<String> arguments) {
    List<String> words = new ArrayList<>(docker.command());
    arguments.forEach(words::add);
    return "exec " + words.stream().map(Programs::quote).collect(Collectors.joining(" "));
  }

  private void stop(String name) {
    beforeStop.accept(name, docker.container(name));
    docker.stop(name);
  }

  /** Returns the names of the running containers, or of all. */
  private Set<String> names(String... options) {
    List<String> words = new ArrayList<>(List.of("ps", "--format={{.Names}}"));
    words.addAll(List.of(options));
    return docker
        .call(words.toArray(String[]::new))
        .lines()
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
