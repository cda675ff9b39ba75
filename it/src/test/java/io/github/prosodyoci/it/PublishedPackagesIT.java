package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Tools;
import io.github.prosodyoci.it.container.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The packages that the build made, as Alpine's own apk takes them from a web server. */
class PublishedPackagesIT {

  private static final Path PACKAGES =
      Path.of(System.getProperty("prosodyoci.it.root"), "prosody-image", "target", "packages")
          .toAbsolutePath()
          .normalize();

  private static AlpineApk apk;

  @BeforeAll
  static void unpackApk() throws IOException {
    apk = new AlpineApk();
  }

  private static List<Path> packages() throws IOException {
    try (Stream<Path> files = Files.list(PACKAGES.resolve("x86_64"))) {
      return files.filter(file -> file.toString().endsWith(".apk")).sorted().toList();
    }
  }

  @Test
  void packages_verifiedByApk_areGood() throws IOException {
    assertThat(packages()).hasSizeGreaterThan(20);
    for (Path file : packages()) {
      assertThat(
              apk.command(
                      "verify", "--keys-dir", PACKAGES.resolve("keys").toString(), file.toString())
                  .output())
          .contains("OK");
    }
  }

  @Test
  void index_madeByApk_saysTheSame() throws IOException {
    Path index = Workspace.newFolder("index").resolve("APKINDEX.tar.gz");
    List<String> arguments =
        new ArrayList<>(List.of("index", "--allow-untrusted", "--output", index.toString()));
    packages().forEach(file -> arguments.add(file.toString()));
    apk.command(arguments.toArray(String[]::new)).output();
    assertThat(lines(PACKAGES.resolve("x86_64/APKINDEX.tar.gz"))).isEqualTo(lines(index));
  }

  private static List<String> lines(Path index) {
    return Command.of(Tools.require("tar"), "-xzOf", index.toString(), "APKINDEX")
        .output()
        .lines()
        .sorted()
        .toList();
  }

  @Test
  void prosody_addedOverHttpWithOurKeyAlone_isInstalled() throws IOException {
    Path root;
    try (FolderServer server = new FolderServer(PACKAGES)) {
      root = apk.add(server.url(), PACKAGES.resolve("keys"), "baselayout", "busybox", "prosody");
    }
    assertThat(apk.command("info", "--root", root.toString()).output().lines())
        .contains("prosody", "lua5.4", "musl");
    assertThat(root.resolve("usr/bin/prosody")).exists();
  }
}
