package io.github.prosodyoci.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Tools;
import io.github.prosodyoci.it.container.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The project once more: other folder, other home, other time zone, locale and umask, and, if the
 * tests run as root, a user whom nobody has heard of. It shares with the first build what was
 * downloaded, and nothing that was built.
 */
final class SecondBuild {

  private static final String USER = "54321";

  private final Path folder = Workspace.newFolder("another-place-with-a-longer-name");
  private final Path project = folder.resolve("project of someone else/prosody-oci");
  private final Path home = folder.resolve("home");

  SecondBuild() throws IOException {
    Checkout.create(project, home);
    if (Tools.superuser()) {
      Command.of("chown", "-R", USER + ":" + USER, folder.toString()).output();
    }
  }

  /** Returns the copied project's folder. */
  Path project() {
    return project;
  }

  /** Runs Maven, and returns what it wrote. */
  Command.Result maven(String... arguments) {
    Map<String, String> env = new LinkedHashMap<>();
    env.put("HOME", home.toString());
    // A user without an account has no home that Java would find by itself.
    env.put("MAVEN_OPTS", "-Duser.home=" + home);
    env.put("PATH", System.getenv("PATH"));
    env.put("JAVA_HOME", System.getProperty("java.home"));
    env.put("TZ", "Pacific/Kiritimati");
    env.put("LANG", "tr_TR.UTF-8");
    env.put("LC_ALL", "tr_TR.UTF-8");
    List<String> command = new ArrayList<>();
    if (Tools.superuser()) {
      command.addAll(List.of(Tools.require("setpriv"), "--reuid=" + USER, "--regid=" + USER));
      command.add("--clear-groups");
    }
    command.addAll(List.of("sh", "-c", "umask 077; exec \"$@\"", "sh"));
    command.addAll(List.of(System.getProperty("prosodyoci.it.maven"), "-B", "-ntp"));
    command.addAll(
        List.of("-Duser.language=tr", "-Duser.country=TR", "-Duser.timezone=" + env.get("TZ")));
    command.addAll(List.of(arguments));
    return Command.of(command).in(project).onlyEnv(env).limit(Duration.ofMinutes(30)).run();
  }

  /** Returns what the second build wrote about its image. */
  JsonNode imageJson() throws IOException {
    return new JsonMapper()
        .readTree(Files.readAllBytes(project.resolve("prosody-image/target/image.json")));
  }
}
