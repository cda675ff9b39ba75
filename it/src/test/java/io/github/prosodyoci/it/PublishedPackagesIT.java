package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.Platform;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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

  static List<String> architectures() throws IOException {
    return ProsodyImage.platforms().stream().map(Platform::apkArchitecture).toList();
  }

  private static List<Path> packages(String architecture) throws IOException {
    try (Stream<Path> files = Files.list(PACKAGES.resolve(architecture))) {
      return files.filter(file -> file.toString().endsWith(".apk")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void packages_verifiedByApk_areGood(String architecture) throws IOException {
    assertThat(packages(architecture)).hasSizeGreaterThan(20);
    for (Path file : packages(architecture)) {
      assertThat(
              apk.command(
                      "verify", "--keys-dir", PACKAGES.resolve("keys").toString(), file.toString())
                  .output())
          .contains("OK");
    }
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void index_madeByApk_saysTheSame(String architecture) throws IOException {
    Path index = Workspace.newFolder("index").resolve("APKINDEX.tar.gz");
    List<String> arguments =
        new ArrayList<>(List.of("index", "--allow-untrusted", "--output", index.toString()));
    packages(architecture).forEach(file -> arguments.add(file.toString()));
    apk.command(arguments.toArray(String[]::new)).output();
    assertThat(lines(PACKAGES.resolve(architecture).resolve("APKINDEX.tar.gz")))
        .isEqualTo(lines(index));
  }

  private static List<String> lines(Path index) {
    return Command.of(Tools.require("tar"), "-xzOf", index.toString(), "APKINDEX")
        .output()
        .lines()
        .sorted()
        .toList();
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void prosody_addedOverHttpWithOurKeyAlone_isInstalled(String architecture) throws IOException {
    Path root;
    try (FolderServer server = new FolderServer(PACKAGES)) {
      root =
          apk.add(
              architecture,
              server.url(),
              PACKAGES.resolve("keys"),
              "baselayout",
              "busybox",
              "prosody");
    }
    assertThat(apk.command("info", "--root", root.toString()).output().lines())
        .contains("prosody", "lua5.4", "musl");
    assertThat(root.resolve("usr/bin/prosody")).exists();
  }
}
