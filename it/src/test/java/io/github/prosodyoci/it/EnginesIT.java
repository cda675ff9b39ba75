package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Daemon;
import io.github.prosodyoci.it.container.ImageArchive;
import io.github.prosodyoci.it.container.Reachable;
import io.github.prosodyoci.it.container.Tools;
import io.github.prosodyoci.it.container.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The archive under test in Docker, Podman, containerd and buildah: what they make of it, and that
 * the server serves in it.
 */
class EnginesIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String NAME = "xmpp";
  private static final List<String> VARIABLES =
      List.of(
          "PROSODY_VIRTUAL_HOSTS=" + ProsodyImage.DOMAIN,
          "PROSODY_ACCOUNTS=alice@" + ProsodyImage.DOMAIN + ":wonderland");

  private final ImageArchive image = ProsodyImage.archive();

  @Test
  void docker_loadsTheArchive_andRunsIt() throws Exception {
    try (RealDocker docker = new RealDocker()) {
      assertThat(docker.call("load", "-i", image.file().toString())).contains(imageName());
      assertThat(docker.call("image", "inspect", "--format={{.Id}}", imageName()))
          .isEqualTo(configDigest());

      List<String> run = new ArrayList<>(List.of("run", "-d", "--name", NAME, "-p", "5222:5222"));
      VARIABLES.forEach(variable -> run.addAll(List.of("-e", variable)));
      run.add(imageName());
      docker.call(run.toArray(String[]::new));
      docker.awaitHealth(NAME);
      assertServes(docker.host());
      assertThat(docker.call("exec", NAME, "prosodyctl", "about")).contains("Prosody");
      docker.stop(NAME);
    }
  }

  @Test
  void podman_loadsTheArchive_andRunsIt() throws Exception {
    Path folder = Workspace.newFolder("podman");
    String podman = Tools.require("podman");
    String runc = Tools.require("runc");
    try (Daemon network = new Daemon(folder, "sleep", "infinity")) {
      List<String> options = new ArrayList<>(List.of(podman));
      options.addAll(storage(folder));
      options.addAll(List.of("--cgroup-manager", "cgroupfs", "--events-backend", "file"));
      options.addAll(List.of("--runtime", runc));

      String loaded = call(network, options, "load", "-i", image.file().toString());
      String name = loaded.substring(loaded.lastIndexOf(' ') + 1);
      assertThat(name).endsWith("/" + imageName());
      assertThat("sha256:" + call(network, options, "inspect", "--format={{.Id}}", name))
          .isEqualTo(configDigest());

      List<String> run = new ArrayList<>(List.of("run", "-d", "--name", NAME));
      // Podman raises limits, which not every superuser may.
      run.addAll(List.of("--network", "host", "--ulimit", "nofile=1024:1024"));
      run.addAll(List.of("--ulimit", "nproc=4096:4096"));
      VARIABLES.forEach(variable -> run.addAll(List.of("-e", variable)));
      run.add(name);
      call(network, options, run.toArray(String[]::new));
      try {
        assertServes(network);
        call(network, options, "exec", NAME, "/usr/bin/prosody-health");
        call(network, options, "stop", NAME);
        assertThat(call(network, options, "inspect", "--format={{.State.ExitCode}}", NAME))
            .isEqualTo("0");
      } finally {
        call(network, options, "rm", "--force", NAME);
      }
    }
  }

  @Test
  void containerd_importsTheArchive_andRunsIt() throws Exception {
    Path folder = Workspace.newFolder("containerd");
    Path config =
        Files.writeString(
            folder.resolve("config.toml"),
            """
            version = 2
            root = "%1$s/root"
            state = "%1$s/state"
            disabled_plugins = ["io.containerd.grpc.v1.cri"]
            [grpc]
            address = "%1$s/socket"
            """
                .formatted(folder));
    List<String> ctr = List.of(Tools.require("ctr"), "--address", folder + "/socket");
    String containerd = Tools.require("containerd");
    try (Daemon daemon = new Daemon(folder, containerd, "--config", config.toString())) {
      daemon.await(Command.of(words(ctr, "version")));
      call(daemon, ctr, "images", "import", image.file().toString());
      String name = "docker.io/library/" + imageName();
      assertThat(call(daemon, ctr, "images", "list", "name==" + name))
          .contains(ProsodyImage.imageJson().required("digest").textValue());

      List<String> run = new ArrayList<>(words(ctr, "run", "--net-host"));
      VARIABLES.forEach(variable -> run.addAll(List.of("--env", variable)));
      run.addAll(List.of(name, NAME));
      Process process =
          new ProcessBuilder(daemon.command(run).words())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("run").toFile())
              .start();
      assertServes(daemon);
      call(daemon, ctr, "task", "kill", "--signal", "SIGTERM", NAME);
      assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(folder.resolve("run"))).isZero();
    }
  }

  @Test
  void buildah_buildsOnTheArchive_andRunsProgramsOfIt() throws Exception {
    Path folder = Workspace.newFolder("buildah");
    String program = Tools.require("buildah");
    try (Daemon network = new Daemon(folder, "sleep", "infinity")) {
      List<String> buildah = new ArrayList<>(List.of(program));
      buildah.addAll(storage(folder));
      call(network, buildah, "from", "--name", NAME, "oci-archive:" + image.file());
      assertThat(call(network, buildah, "inspect", "--format={{.FromImageID}}", NAME))
          .isEqualTo(configDigest().replaceFirst("sha256:", ""));
      assertThat(
              call(
                  network,
                  words(buildah, "run", "--runtime", Tools.require("runc")),
                  NAME,
                  "--",
                  "lua5.4",
                  "-e",
                  "print(_VERSION, io.open('/proc/self/status'):read('a'):match('Uid:%s+(%d+)'))"))
          .isEqualTo("Lua 5.4\t" + image.config().user().replaceFirst(":.*", ""));
    }
  }

  /** Podman's and buildah's own folders, with the driver that works on every file system. */
  private static List<String> storage(Path folder) {
    return List.of(
        "--root", folder + "/root", "--runroot", "/run/engine", "--storage-driver", "vfs");
  }

  private static void assertServes(Reachable server) throws Exception {
    StreamProbe.awaitFeatures(server.address(ProsodyImage.CLIENT_PORT), ProsodyImage.DOMAIN, LIMIT);
    try (Client alice = Client.login(server, "alice", "wonderland")) {
      assertThat(alice.mechanism()).isEqualTo("SCRAM-SHA-256");
    }
  }

  private String configDigest() {
    return image.manifest().at("/config/digest").textValue();
  }

  private static String imageName() throws IOException {
    return ProsodyImage.imageJson().required("name").textValue();
  }

  private static String call(Daemon daemon, List<String> program, String... arguments) {
    return daemon.command(words(program, arguments)).output().strip();
  }

  private static List<String> words(List<String> program, String... arguments) {
    List<String> words = new ArrayList<>(program);
    words.addAll(List.of(arguments));
    return words;
  }
}
