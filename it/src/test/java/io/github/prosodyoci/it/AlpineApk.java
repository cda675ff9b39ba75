package io.github.prosodyoci.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Tools;
import io.github.prosodyoci.it.container.Workspace;
import io.github.prosodyoci.packages.AlpineFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Alpine's own apk, unpacked from its genuine packages and run on this machine. */
final class AlpineApk {

  private static final List<String> PACKAGES =
      List.of("apk-tools", "musl", "libcrypto3", "libssl3", "zlib");

  private final Path folder = Workspace.newFolder("apk");

  /** Unpacks apk and its libraries, or skips the test where no genuine packages are at hand. */
  AlpineApk() throws IOException {
    Path genuine = AlpineFiles.repository().resolve("x86_64");
    for (String name : PACKAGES) {
      try (Stream<Path> files = Files.list(genuine)) {
        Path file =
            files
                .filter(p -> p.getFileName().toString().matches(name + "-[0-9].*\\.apk"))
                .findFirst()
                .orElseThrow();
        Command.of(Tools.require("tar"), "-xzf", file.toString(), "-C", folder.toString()).output();
      }
    }
  }

  /** Returns the command that calls apk with these arguments. */
  Command command(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(folder.resolve("lib/ld-musl-x86_64.so.1").toString());
    command.add("--library-path");
    command.add(folder.resolve("lib") + ":" + folder.resolve("usr/lib"));
    command.add(folder.resolve("sbin/apk").toString());
    command.addAll(List.of(arguments));
    return Command.of(command);
  }

  /**
   * Installs packages into a new root, which only the superuser may.
   *
   * @param architecture Alpine's name of it; this machine need not be one
   * @param repository its address
   * @param keys the folder of the keys that are trusted, alone
   * @return the root
   */
  Path add(String architecture, String repository, Path keys, String... packages) {
    assumeTrue(Tools.superuser(), "apk installs only as root");
    Path root = Workspace.newFolder("root");
    List<String> arguments = new ArrayList<>(List.of("add", "--root", root.toString()));
    arguments.addAll(List.of("--initdb", "--no-cache", "--no-scripts", "--arch", architecture));
    arguments.addAll(List.of("--keys-dir", keys.toString(), "--repositories-file", "/dev/null"));
    arguments.addAll(List.of("--repository", repository));
    arguments.addAll(List.of(packages));
    command(arguments.toArray(String[]::new)).output();
    return root;
  }
}
