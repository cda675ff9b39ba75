package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Tools;
import io.github.prosodyoci.it.container.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The image's package database, as Alpine's own apk reads it. */
class ApkDatabaseIT {

  private static Path apk;

  private final Path rootfs = ProsodyImage.archive().rootfs();

  @BeforeAll
  static void unpackApk() throws IOException {
    Path packages = SharedFolder.find("alpine-3.19/x86_64");
    apk = Workspace.newFolder("apk");
    for (String name : List.of("apk-tools", "musl", "libcrypto3", "libssl3", "zlib")) {
      try (Stream<Path> files = Files.list(packages)) {
        Path file =
            files
                .filter(p -> p.getFileName().toString().matches(name + "-[0-9].*\\.apk"))
                .findFirst()
                .orElseThrow();
        Command.of(Tools.require("tar"), "-xzf", file.toString(), "-C", apk.toString()).output();
      }
    }
  }

  @Test
  void packages_listedByApk_areThoseThatTheBuildInstalled() throws IOException {
    SortedSet<String> built = new TreeSet<>();
    for (JsonNode layer : ProsodyImage.imageJson().path("layers")) {
      for (JsonNode content : layer.path("contents")) {
        if (content.asText().matches(".*-[0-9][^-]*-r[0-9]+")) {
          built.add(content.asText());
        }
      }
    }

    List<String> listed = apk("info", "--verbose").output().lines().sorted().toList();
    assertThat(listed).containsExactlyElementsOf(built);
    assertThat(apk("info").output().lines()).contains("busybox", "lua5.4", "musl", "prosody");
  }

  @Test
  void files_auditedByApk_areAsPackaged() {
    // X missing, M changed, m other owner or mode, e unreadable; what no package owns does not
    // count.
    List<String> lines =
        apk("audit", "--system", "--recursive", "--check-permissions").output().lines().toList();

    assertThat(lines).filteredOn(line -> line.matches("[XMme] .*")).isEmpty();
  }

  @Test
  void dependencies_ofProsody_areNamed() {
    assertThat(apk("info", "--depends", "prosody").output()).contains("lua5.4", "so:libc.musl-");
  }

  private Command apk(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(apk.resolve("lib/ld-musl-x86_64.so.1").toString());
    command.addAll(List.of("--library-path", apk.resolve("lib") + ":" + apk.resolve("usr/lib")));
    command.addAll(List.of(apk.resolve("sbin/apk").toString(), "--root", rootfs.toString()));
    command.addAll(List.of(arguments));
    return Command.of(command);
  }
}
