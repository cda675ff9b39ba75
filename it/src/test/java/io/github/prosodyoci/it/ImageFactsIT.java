package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.ImageArchive;
import io.github.prosodyoci.it.container.ImageConfig;
import io.github.prosodyoci.it.container.Tools;
import io.github.prosodyoci.it.container.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/** What the image is, seen without running it. */
class ImageFactsIT {

  private static final long SIZE_BUDGET = 5_000_000;
  private static final String APPLETS = "prosody-image/src/main/recipes/busybox/applets.txt";

  private final ImageArchive image = ProsodyImage.archive();
  private final Path rootfs = image.rootfs();

  @Test
  void digest_asSkopeoSeesIt_isWhatTheBuildSays() throws IOException {
    assertThat(image.digest())
        .isEqualTo(Digest.parse(ProsodyImage.imageJson().path("digest").asText()));
  }

  @Test
  void size_compressed_isWithinBudget() {
    System.out.printf(
        Locale.ROOT,
        "Compressed image: %.2f MB (budget %.2f MB)%n",
        image.compressedSize() / 1e6,
        SIZE_BUDGET / 1e6);

    assertThat(image.compressedSize()).isLessThanOrEqualTo(SIZE_BUDGET);
  }

  @Test
  void advice_ofTheBuild_isReadmesQuickStart() throws IOException {
    Matcher readme =
        Pattern.compile("(?s)\n(docker run .*?[^\\\\])\n")
            .matcher(Files.readString(Path.of("../README.md")));
    assertThat(readme.find()).isTrue();
    String command = readme.group(1).replaceAll(" \\\\\n +", " ");
    List<String> options = new ArrayList<>();
    Matcher option =
        Pattern.compile("<option>(.*)</option>")
            .matcher(Files.readString(Path.of("../prosody-image/pom.xml")));
    while (option.find()) {
      options.add(option.group(1));
    }
    String name = ProsodyImage.imageJson().path("name").asText();

    assertThat("docker run " + String.join(" ", options) + " " + name).isEqualTo(command);
    assertThat(command)
        .contains("PROSODY_VIRTUAL_HOSTS=")
        .doesNotContain("5280", "5347", "PASSWORD");
  }

  @Test
  void config_isWhatUsersRelyOn() {
    ImageConfig config = image.config();

    assertThat(config.user()).matches("[1-9][0-9]*(:[1-9][0-9]*)?");
    assertThat(config.exposedPorts().stream().map(port -> port.replace("/tcp", "")))
        .contains("5222", "5269", "5280", "5281", "5347");
    assertThat(config.volumes())
        .containsExactlyInAnyOrder("/var/lib/prosody", "/etc/prosody", "/usr/lib/prosody/modules");
    assertThat(config.stopSignal()).isEqualTo("SIGTERM");
    assertThat(config.document().path("os").asText()).isEqualTo("linux");
    assertThat(config.document().path("architecture").asText()).isEqualTo("amd64");
  }

  @Test
  void annotations_areThoseOfTheProsodyInTheImage() throws IOException {
    JsonNode json = ProsodyImage.imageJson();
    JsonNode labels = image.config().document().path("config").path("Labels");
    String recipe = Files.readString(Path.of("../prosody-image/src/main/recipes/prosody.yaml"));
    Matcher version = Pattern.compile("(?m)^  version: (\\S+)\n  release: (\\d+)$").matcher(recipe);
    assertThat(version.find()).isTrue();
    String packaged = version.group(1) + "-r" + version.group(2);

    assertThat(labels.path("org.opencontainers.image.version").asText()).isEqualTo(packaged);
    assertThat(json.path("version").asText()).isEqualTo(packaged);
    assertThat(json.path("name").asText()).isEqualTo("prosody:" + packaged);
    assertThat(labels.path("org.opencontainers.image.licenses").asText().split(" AND "))
        .contains("GPL-2.0-only", "MIT", "LGPL-2.1-or-later")
        .isSorted()
        .doesNotHaveDuplicates();
    assertThat(labels.path("org.opencontainers.image.source").asText())
        .isEqualTo(labels.path("org.opencontainers.image.url").asText())
        .isEqualTo("https://github.com/prosody-oci/prosody-oci");
  }

  @Test
  void osRelease_doesNotClaimToBeAlpine() throws IOException {
    Map<String, String> release = new TreeMap<>();
    for (String line : Files.readAllLines(rootfs.resolve("etc/os-release"))) {
      String[] pair = line.split("=", 2);
      if (pair.length == 2) {
        release.put(pair[0], pair[1].replace("\"", ""));
      }
    }

    assertThat(release).containsEntry("ID_LIKE", "alpine");
    assertThat(release.get("ID")).isNotBlank().isNotEqualTo("alpine");
  }

  @Test
  void files_noneIsSetuidOrWritableByAllOrLeftBehind() throws IOException {
    SoftAssertions soft = new SoftAssertions();
    try (Stream<Path> paths = Files.walk(rootfs)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        Map<String, Object> facts =
            Files.readAttributes(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        int mode = (Integer) facts.get("mode");
        String name = "/" + rootfs.relativize(path);
        soft.assertThat(mode & 06000).as("setuid and setgid of " + name).isZero();
        boolean shared = (mode & 01000) != 0 || Files.isSymbolicLink(path);
        soft.assertThat(!shared && (mode & 0002) != 0).as(name + " is writable by all").isFalse();
        soft.assertThat(name)
            .doesNotEndWith(".a")
            .doesNotEndWith(".la")
            .doesNotStartWith("/usr/include")
            .doesNotStartWith("/var/cache/apk/");
      }
    }
    soft.assertAll();
  }

  @Test
  void elfFiles_areHardenedStrippedAndComplete() {
    List<ElfFile> files = ElfFile.in(rootfs);
    assertThat(files).hasSizeGreaterThan(10);

    SoftAssertions soft = new SoftAssertions();
    for (ElfFile file : files) {
      String name = "/" + rootfs.relativize(file.path());
      soft.assertThat(file.isPositionIndependent()).as(name + ": PIE or shared").isTrue();
      soft.assertThat(file.hasFullRelro()).as(name + ": full RELRO").isTrue();
      soft.assertThat(file.hasDataStack()).as(name + ": stack not executable").isTrue();
      soft.assertThat(file.hasWritableCode()).as(name + ": writable code").isFalse();
      soft.assertThat(file.hasTextRelocations()).as(name + ": text relocations").isFalse();
      soft.assertThat(file.isStripped()).as(name + ": stripped").isTrue();
      soft.assertThat(file.runPath()).as(name + ": run path").isEmpty();
      file.interpreter()
          .ifPresent(path -> soft.assertThat(inImage(path)).as(name + ": " + path).isTrue());
      for (String library : file.needed()) {
        soft.assertThat(inImage("/lib/" + library) || inImage("/usr/lib/" + library))
            .as(name + ": needs " + library)
            .isTrue();
      }
    }
    soft.assertAll();
    System.out.println(files.size() + " ELF files are hardened, stripped and complete");
  }

  @Test
  void tools_areThoseThatHaveAReason() throws IOException {
    Map<String, String> reasons = new TreeMap<>();
    Path list = Path.of(System.getProperty("prosodyoci.it.root"), APPLETS);
    for (String line : Files.readAllLines(list)) {
      String[] pair = line.split("\t", 2);
      if (!line.startsWith("#")) {
        assertThat(pair).as(line).hasSize(2);
        assertThat(pair[1]).as("reason of " + pair[0]).isNotBlank();
        assertThat(reasons.put(pair[0], pair[1])).as(pair[0] + " appears twice").isNull();
      }
    }
    Map<String, Path> tools = new TreeMap<>();
    for (String folder : List.of("bin", "sbin", "usr/bin", "usr/sbin")) {
      try (Stream<Path> paths = Files.list(rootfs.resolve(folder))) {
        paths
            .filter(path -> followed(path).endsWith("bin/busybox") && Files.isSymbolicLink(path))
            .forEach(path -> tools.put(path.getFileName().toString(), path));
      }
    }

    assertThat(tools.keySet()).isEqualTo(reasons.keySet());
    assertThat(tools.keySet())
        .doesNotContain("awk", "ftpget", "nc", "netstat", "telnet", "vi", "wget");
  }

  @Test
  void certificates_hashedLinks_resolveInsideTheImage() throws IOException {
    try (Stream<Path> paths = Files.list(rootfs.resolve("etc/ssl/certs"))) {
      List<Path> links =
          paths.filter(p -> p.getFileName().toString().matches("[0-9a-f]{8}\\.[0-9]+")).toList();

      assertThat(links).hasSizeGreaterThan(100);
      assertThat(links).allSatisfy(link -> assertThat(followed(link)).isRegularFile());
    }
  }

  @Test
  void certificates_eachOfTheBundle_isFoundByOpensslThroughTheHashedFolder() throws IOException {
    Path folder = Workspace.newFolder("roots");
    List<String> command =
        new ArrayList<>(
            List.of(
                Tools.require("openssl"),
                "verify",
                "-no_check_time",
                "-no-CAfile",
                "-no-CAstore",
                "-CApath"));
    // Followed here, as the image's own root directory is not this machine's.
    Path certs = Files.createDirectory(folder.resolve("certs"));
    try (Stream<Path> paths = Files.list(rootfs.resolve("etc/ssl/certs"))) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        Files.copy(followed(path), certs.resolve(path.getFileName()));
      }
    }
    command.add(certs.toString());
    String bundle = Files.readString(followed(rootfs.resolve("etc/ssl/certs/ca-certificates.crt")));
    String[] roots = bundle.split("(?<=-----END CERTIFICATE-----\n)");
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < roots.length; i++) {
      if (roots[i].contains("BEGIN")) {
        String file = Files.writeString(folder.resolve(i + ".pem"), roots[i]).toString();
        command.add(file);
        expected.add(file + ": OK");
      }
    }

    assertThat(expected).hasSizeGreaterThan(100);
    Command.Result result = Command.of(command).run();
    assertThat(result.lines()).containsExactlyElementsOf(expected);
    assertThat(result.exitCode()).isZero();
  }

  private boolean inImage(String path) {
    return Files.isRegularFile(followed(rootfs.resolve(path.substring(1))));
  }

  /** Returns where a path of the image leads to, its absolute links followed within the image. */
  private Path followed(Path path) {
    Path at = path;
    try {
      for (int links = 0; Files.isSymbolicLink(at) && links < 10; links++) {
        Path target = Files.readSymbolicLink(at);
        at =
            target.isAbsolute()
                ? rootfs.resolve(target.toString().substring(1))
                : at.resolveSibling(target).normalize();
      }
    } catch (IOException e) {
      throw new AssertionError("Could not follow " + path, e);
    }
    return at;
  }
}
