package io.github.prosodyoci.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Tools;
import io.github.prosodyoci.it.container.Workspace;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The project once more: other folder, other home, other time zone, locale and umask, and, if the
 * tests run as root, a user whom nobody has heard of. It shares with the first build what was
 * downloaded, and nothing that was built.
 */
final class SecondBuild {

  private static final String USER = "54321";
  private static final Set<String> NOT_SOURCE = Set.of("target", ".git", ".idea");

  private final Path folder = Workspace.newFolder("another-place-with-a-longer-name");
  private final Path project = folder.resolve("project of someone else/prosody-oci");
  private final Path home = folder.resolve("home");

  SecondBuild() throws IOException {
    copySources(Path.of(System.getProperty("prosodyoci.it.root")).toRealPath());
    Path repository = home.resolve(".m2/repository");
    Files.createDirectories(repository.getParent());
    copy(Path.of(System.getProperty("prosodyoci.it.localRepository")), repository);
    // The toolkit itself is to come from the copied sources alone.
    Command.of("rm", "-rf", repository.resolve("io/github/prosodyoci").toString()).output();
    Path cache = home.resolve(".cache/prosody-oci");
    Files.createDirectories(cache);
    for (String downloads : List.of("store", "documents")) {
      copy(Path.of(System.getProperty("prosodyoci.it.cache"), downloads), cache.resolve(downloads));
    }
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

  private static void copy(Path from, Path to) {
    if (Files.exists(from)) {
      Command.of("cp", "-a", "--reflink=auto", from.toString(), to.toString()).output();
    }
  }

  private void copySources(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes facts)
              throws IOException {
            if (NOT_SOURCE.contains(path.getFileName().toString())) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            Files.createDirectories(project.resolve(root.relativize(path)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes facts)
              throws IOException {
            // In a worktree .git is a file.
            if (!NOT_SOURCE.contains(path.getFileName().toString())) {
              Files.copy(
                  path,
                  project.resolve(root.relativize(path)),
                  LinkOption.NOFOLLOW_LINKS,
                  StandardCopyOption.COPY_ATTRIBUTES);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
