package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.ImageConfig;
import io.github.prosodyoci.it.container.Reachable;
import io.github.prosodyoci.it.container.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The commands of docs/operating.md. Each chapter finds the server of the first one running, or, if
 * it does not name that, a host without it.
 */
class OperatingIT {

  private static final Path ROOT =
      Path.of(System.getProperty("prosodyoci.it.root")).toAbsolutePath().normalize();
  private static final Path DOCUMENT = ROOT.resolve("docs/operating.md");
  private static final String DOMAIN = "example.org";
  private static final String PASSWORD = "a good password";

  /** The server that most chapters are about. */
  private static final String SERVER = "xmpp";

  /** A block of commands, the line of the document that it begins in, and its chapter. */
  private record Block(int line, String chapter, String commands) {}

  @Test
  void commands_ofEachBlock_succeed() throws Exception {
    List<String> loggedIn = new ArrayList<>();
    Path folder = Workspace.newFolder("operator");
    try (Engine engine = Engine.ofThisUser((name, server) -> logIn(name, server, loggedIn))) {
      prepareOldServers(engine, folder);
      engine.beginChapters();
      List<Block> blocks = blocks();
      assertThat(blocks).hasSizeGreaterThan(8);
      String chapter = blocks.get(0).chapter();
      for (Block block : blocks) {
        if (!block.chapter().equals(chapter)) {
          engine.endChapter(SERVER);
          chapter = block.chapter();
        }
        if (!block.commands().matches("(?s).*(?<![-\\w])" + SERVER + "(?![-\\w]).*")) {
          // Written for another host.
          engine.stopIfRunning(SERVER);
        }
        run(engine, folder, block.commands(), DOCUMENT.getFileName() + ":" + block.line());
      }
      engine.endChapter(SERVER);
      assertThat(Files.size(folder.resolve("backup.sqlite"))).isPositive();
    }
    assertThat(loggedIn)
        .contains(
            "xmpp",
            "compose-xmpp",
            "xmpp-0",
            "prosody",
            "migrated",
            "old-xmpp",
            "restored",
            "sqlite");
  }

  @Test
  void kubernetesManifest_pod_agreesWithImage() {
    Kubernetes pod = Kubernetes.read(ROOT.resolve("examples/kubernetes/prosody.yaml"));
    ImageConfig image = ProsodyImage.archive().config();

    assertThat(pod.podSecurity().required("runAsNonRoot").booleanValue()).isTrue();
    assertThat(
            pod.podSecurity().required("runAsUser").intValue()
                + ":"
                + pod.podSecurity().required("runAsGroup").intValue())
        .isEqualTo(image.user());
    assertThat(pod.containerSecurity().required("allowPrivilegeEscalation").booleanValue())
        .isFalse();
    assertThat(pod.containerSecurity().required("capabilities").required("drop").toString())
        .isEqualTo("[\"ALL\"]");
    List<String> exposed =
        image.exposedPorts().stream().map(port -> port.replace("/tcp", "")).toList();
    assertThat(pod.ports())
        .filteredOn(port -> port != 5282)
        .contains(5222, 5269)
        .allMatch(p -> exposed.contains("" + p));
    assertThat(pod.lastingVolumes()).containsExactly(ProsodyImage.DATA);
    assertThat(image.volumes()).containsAll(pod.lastingVolumes());
  }

  /** Starts what the chapters on migration begin with: accounts kept as the other images did. */
  private static void prepareOldServers(Engine engine, Path folder) throws IOException {
    engine.addVolume("prosody-data", 101, 102);
    String start =
        "-e PROSODY_VIRTUAL_HOSTS=example.org -e PROSODY_PASSWORD_HASH=SHA-1 "
            + imageName()
            + "\nuntil docker exec $name prosody-health; do sleep 1; done\n"
            + "docker exec $name prosodyctl shell user create me@example.org 'a good password'\n";
    run(
        engine,
        folder,
        "name=prosody; docker run -d --name prosody --user 101:102 -v prosody-data:/var/lib/prosody"
            + " "
            + start
            + "name=old-xmpp; docker run -d --name old-xmpp -v old-xmpp-data:/var/lib/prosody "
            + start,
        "preparation");
  }

  private static void run(Engine engine, Path folder, String commands, String where)
      throws IOException {
    Path script = Files.writeString(folder.resolve(".commands"), commands);
    Command.Result result =
        Command.of("sh", "-eu", script.toString())
            .in(folder)
            .env("PATH", engine.programs() + ":" + System.getenv("PATH"))
            .env("PROJECT", ROOT.toString())
            .limit(Duration.ofMinutes(2))
            .run();
    assertThat(result.exitCode()).as(where + ":\n" + commands + "\n" + result.output()).isZero();
  }

  /** Shows, just before the document stops a server, that its user can log in. */
  private static void logIn(String name, Reachable server, List<String> loggedIn) {
    if (name.equals("modular")) {
      return;
    }
    try (RawStream me = RawStream.login(server, DOMAIN, "me", PASSWORD)) {
      assertThat(me.get("get", DOMAIN, "<ping xmlns='urn:xmpp:ping'/>")).contains("result");
      loggedIn.add(name);
    } catch (IOException e) {
      throw new IllegalStateException("Could not log in to " + name, e);
    }
  }

  private static List<Block> blocks() throws IOException {
    List<Block> blocks = new ArrayList<>();
    String text = Files.readString(DOCUMENT);
    Matcher block = Pattern.compile("(?ms)^```sh\n(.*?)^```$").matcher(text);
    while (block.find()) {
      int line = (int) text.substring(0, block.start(1)).lines().count() + 1;
      String before = text.substring(0, block.start());
      String chapter = before.substring(before.lastIndexOf("\n## ") + 4).lines().findFirst().get();
      blocks.add(new Block(line, chapter, block.group(1)));
    }
    return blocks;
  }

  private static String imageName() throws IOException {
    return ProsodyImage.imageJson().required("name").textValue();
  }
}
