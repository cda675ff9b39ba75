package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Tools;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The image's package database, as Alpine's own apk reads it. */
class ApkDatabaseIT {

  private static AlpineApk apk;

  private final Path rootfs = ProsodyImage.archive().rootfs();

  @BeforeAll
  static void unpackApk() throws IOException {
    apk = new AlpineApk();
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
    assumeTrue(Tools.superuser(), "only root unpacks files with their owners, which apk compares");
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
    return apk.command(
        Stream.concat(Stream.of("--root", rootfs.toString()), Stream.of(arguments))
            .toArray(String[]::new));
  }
}
