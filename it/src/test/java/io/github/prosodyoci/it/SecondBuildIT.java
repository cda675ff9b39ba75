package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.FileTree;
import io.github.prosodyoci.it.container.ImageArchive;
import io.github.prosodyoci.it.container.Tools;
import io.github.prosodyoci.it.container.Workspace;
import io.github.prosodyoci.packages.AlpineFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The commands of the README, as another user types them elsewhere, in one checkout. The tests are
 * a chain, as a build of everything takes minutes: the first builds it, the next three need what
 * the first has built and leave it as it was, the fifth adds libunbound, and the last two build on
 * another base, with the compiled packages of the first. Run alone, a test other than the first
 * builds everything itself, and the figures it expects do not hold.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SecondBuildIT {

  private static final String OUR_BASE = "baselayout,busybox,ca-certificates,musl";

  /** What the genuine repository beside the project holds goes before our own, newer packages. */
  private static final String OFFICIAL_BASE =
      "alpine-baselayout,alpine-release,apk-tools,busybox<1.37,musl<1.2.5,libcrypto3<3.2,libssl3<3.2,"
          + "ca-certificates";

  /** As before Alpine 3.23, and on our own base. */
  private static final String SEPARATE = "-Dprosodyoci.rootfs.usrMerged=false";

  private static SecondBuild build;

  @BeforeAll
  static void copyProject() throws IOException {
    build = new SecondBuild();
  }

  @Test
  @Order(1)
  void package_elsewhereByAnotherUserOffline_yieldsTheSameImage() throws IOException {
    long start = System.nanoTime();
    succeed(build.maven("--offline", "package"));
    System.out.println("Second build, nothing built before: " + seconds(start) + " s");

    JsonNode first = ProsodyImage.imageJson();
    JsonNode second = build.imageJson();
    assertThat(second.path("digest").asText())
        .as("image digest; what differs:\n" + differences(first, second))
        .isEqualTo(first.path("digest").asText());
    assertThat(second.path("archiveDigest").asText())
        .as("digest of the archive file")
        .isEqualTo(first.path("archiveDigest").asText());
  }

  @Test
  @Order(2)
  void package_nothingChanged_buildsNothingAndYieldsTheSameImage() throws IOException {
    Map<Path, FileTime> before = outputs();
    assertThat(before.keySet().toString()).contains(".apk", ".tar.gz", "prosody-linux-amd64.tar");
    long start = System.nanoTime();
    String log = succeed(build.maven("--offline", "package"));
    System.out.println("No-change rebuild: " + seconds(start) + " s");

    assertThat(log).contains("(0 recipes built, ");
    assertThat(outputs()).as("files and when they were written").isEqualTo(before);
    assertThat(build.imageJson().path("digest")).isEqualTo(ProsodyImage.imageJson().path("digest"));
  }

  @Test
  @Order(3)
  void package_oneRecipeChanged_buildsOnlyThat() throws IOException {
    Path recipe = build.project().resolve("prosody-image/src/main/recipes/lua-filesystem.yaml");
    String text = Files.readString(recipe);
    Files.writeString(recipe, text.replaceFirst("(?m)^(  release: )(\\d+)$", "$17"));
    try {
      long start = System.nanoTime();
      String log = succeed(build.maven("--offline", "package"));
      System.out.println("Rebuild with one recipe changed: " + seconds(start) + " s");

      assertThat(log).contains("(1 recipes built, ");
      List<String> before = digests(ProsodyImage.imageJson());
      List<String> after = digests(build.imageJson());
      assertThat(after.get(0)).as("base layer").isEqualTo(before.get(0));
      assertThat(after).as("layers").isNotEqualTo(before);
    } finally {
      Files.writeString(recipe, text);
    }
  }

  @Test
  @Order(4)
  void deploy_toRealRegistry_publishesTheDigestOfImageJsonUnderTheTagsOfItsVersion()
      throws Exception {
    try (DockerRegistry registry = new DockerRegistry()) {
      String name = registry.address() + "/it/prosody";
      // Offline it would not push.
      String log = succeed(build.maven("deploy", "-Dprosodyoci.image=" + name));

      String digest = ProsodyImage.imageJson().path("digest").asText();
      assertThat(log).contains(digest, "Tests are skipped.").doesNotContain("T E S T S");
      String version = build.imageJson().path("version").asText();
      assertThat(version).matches("13\\.0\\.[0-9]+-r[0-9]+");
      for (String tag : List.of(version, "13.0", "13")) {
        String inspected =
            Command.of(
                    Tools.require("skopeo"),
                    "inspect",
                    "--tls-verify=false",
                    "docker://" + name + ":" + tag)
                .output();
        assertThat(new JsonMapper().readTree(inspected).path("Digest").asText()).isEqualTo(digest);
      }
    }
  }

  @Test
  @Order(5)
  void package_withDane_looksNamesUpByLibunbound() throws Exception {
    // What the recipes of libunbound need is not fetched by other builds.
    String log = succeed(build.maven("package", "-Pdane"));

    assertThat(log).contains("(3 recipes built, ");
    try (Container server =
        image()
            .container()
            .env("PROSODY_VIRTUAL_HOSTS", ProsodyImage.DOMAIN)
            .env("PROSODY_USE_DANE", "on")
            .start()) {
      ProsodyImage.awaitClient(server);
      assertThat(server.exec("prosodyctl", "shell", "dns:lookup('container', 'A')").output())
          .contains("10.88.0.2");
      assertThat(server.exec("prosodyctl", "about").output())
          .containsPattern("luaunbound:\\s+1\\.0");
      assertThat(server.log().text()).doesNotContain("trust anchor");
    }
  }

  @Test
  @Order(6)
  void package_alpineBaseOnThePackagesThatThisBuildPublishes_yieldsTheSameImage()
      throws IOException {
    Path published =
        Path.of(System.getProperty("prosodyoci.it.imageJson")).resolveSibling("packages");
    trust(published.resolve("keys"));
    try (FolderServer mirror = mirror("v3.24", published, published)) {
      String log = succeed(build.maven(alpine(mirror.url(), OUR_BASE)));

      assertThat(log).contains("sysroot.lock: commit it", "alpine.lock: commit it");
      assertThat(log).contains("(9 recipes built, 0 cached)");
    }
    try (Container server = server(image())) {
      ProsodyImage.awaitClient(server);
      assertThat(server.exec("readlink", "/lib").output()).contains("usr/lib");
    }

    // Locked and kept: no mirror is needed any more. Laid out as the image on our own base is, it
    // is that.
    String log =
        succeed(build.maven(alpine("http://127.0.0.1:9", OUR_BASE, "--offline", SEPARATE)));
    assertThat(log).contains("(0 recipes built, 9 cached)");
    assertThat(build.imageJson().path("digest")).isEqualTo(ProsodyImage.imageJson().path("digest"));
  }

  @Test
  @Order(7)
  void package_officialAlpineBase_isLockedAndServesClients() throws Exception {
    Path genuine = AlpineFiles.repository();
    Path published =
        Path.of(System.getProperty("prosodyoci.it.imageJson")).resolveSibling("packages");
    trust(genuine.resolve("keys"));
    try (FolderServer mirror = mirror("v3.19", genuine, published)) {
      String[] command =
          alpine(mirror.url(), OFFICIAL_BASE, "-Dprosodyoci.alpine.release=v3.19", SEPARATE);
      assertThat(build.maven(command).output())
          .as("the lock of another release")
          .contains("it is about the repositories", "Run `mvn package -Dprosodyoci.lock=update`");

      String log = succeed(build.maven(with(command, "-Dprosodyoci.lock=update")));
      assertThat(log).contains("sysroot.lock: commit it", "alpine.lock: commit it");
      Path target = build.project().resolve("prosody-image/target");
      assertThat(target.resolve("rootfs.json"))
          .content()
          .contains("alpine-release", "1.2.4_git20230717-r4");
      assertThat(build.project().resolve("prosody-image/alpine.lock"))
          .content()
          .contains(
              "https://dl-cdn.alpinelinux.org/alpine/v3.19/main/x86_64/busybox-1.36.1-r15.apk");
    }
    ImageArchive image = image();
    try (Container server = server(image)) {
      ProsodyImage.awaitClient(server);
      try (RawStream alice = RawStream.login(server, "alice", "wonderland")) {
        assertThat(
                alice.get(
                    "get",
                    "alice@example.test",
                    "<query xmlns='http://jabber.org/protocol/disco#info'/>"))
            .contains("http://jabber.org/protocol/pubsub");
      }
      assertThat(server.exec("cat", "/etc/os-release").output())
          .contains("ID=alpine", "VERSION_ID=3.19");
    }
    assertApkWorksIn(image, genuine);
  }

  /** Returns the packages, layers and archives of the second build, and when each was written. */
  private static Map<Path, FileTime> outputs() throws IOException {
    Map<Path, FileTime> outputs = new TreeMap<>();
    try (Stream<Path> files = Files.walk(build.project().resolve("prosody-image/target"))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (file.toString().matches(".*\\.(apk|tar|tar\\.gz)") && Files.isRegularFile(file)) {
          outputs.put(file, Files.getLastModifiedTime(file));
        }
      }
    }
    return outputs;
  }

  /** Starts a server of a release's two repositories, laid out as on Alpine's mirrors. */
  private static FolderServer mirror(String release, Path main, Path community) throws IOException {
    Path folder = Workspace.newFolder("mirror");
    Files.createDirectory(folder.resolve(release));
    Files.createSymbolicLink(folder.resolve(release).resolve("main"), main);
    Files.createSymbolicLink(folder.resolve(release).resolve("community"), community);
    return new FolderServer(folder);
  }

  /** Opens the image that the second build made last: a copy, as one file is unpacked only once. */
  private static ImageArchive image() throws IOException {
    String name = "prosody-linux-amd64.tar";
    return ImageArchive.open(
        Files.copy(
            build.project().resolve("prosody-image/target").resolve(name),
            Workspace.newFolder("image").resolve(name)));
  }

  private static Container server(ImageArchive image) {
    return image
        .container()
        .env("PROSODY_VIRTUAL_HOSTS", ProsodyImage.DOMAIN)
        .env("PROSODY_ACCOUNTS", "alice@example.test:wonderland")
        .start();
  }

  /** Alpine's own apk, in a container of the image, on what our installer has laid down. */
  private static void assertApkWorksIn(ImageArchive image, Path repository) {
    try (Container box =
        image
            .container()
            .user("0:0")
            .entrypoint("/bin/sleep", "300")
            .mount(repository, "/repository")
            .start()) {
      assertThat(succeed(box.exec("apk", "info")).lines())
          .contains("musl", "busybox", "apk-tools", "lua5.4", "prosody");
      assertThat(succeed(box.exec("apk", "info", "--who-owns", "/bin/busybox")))
          .contains("busybox-1.36.1-r15");
      // X missing, M changed, m other owner or mode, e unreadable; the engine mounts over three
      // folders.
      assertThat(
              succeed(box.exec("apk", "audit", "--system", "--recursive", "--check-permissions"))
                  .lines())
          .filteredOn(line -> line.matches("[XMme] (?!(proc|sys|dev)/).*"))
          .isEmpty();
      assertThat(succeed(box.exec("apk", "verify", "/repository/x86_64/wget-1.21.4-r0.apk")))
          .contains("OK");
      String[] offline = {"--no-network", "--repositories-file", "/dev/null"};
      assertThat(succeed(box.exec(apk("add", offline, "-X", "/repository", "wget"))))
          .contains("Installing wget", "OK:");
      assertThat(box.exec("wget", "--version").output()).contains("GNU Wget");
      assertThat(succeed(box.exec(apk("del", offline, "wget")))).contains("Purging wget");
      assertThat(box.exec("apk", "info").output().lines())
          .doesNotContain("wget")
          .contains("prosody");
    }
  }

  private static String[] apk(String command, String[] options, String... arguments) {
    return Stream.of(List.of("apk", command), List.of(options), List.of(arguments))
        .flatMap(List::stream)
        .toArray(String[]::new);
  }

  /** Lets the second build trust the keys of a folder, beside those it trusted before. */
  private static void trust(Path keys) throws IOException {
    Path trusted = Files.createDirectories(build.project().resolve("trusted-keys"));
    try (Stream<Path> files = Files.list(keys)) {
      for (Path key : files.toList()) {
        Files.copy(key, trusted.resolve(key.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private static String[] alpine(String mirror, String base, String... more) {
    return with(
        new String[] {
          "package",
          "-Palpine",
          "-Dprosodyoci.alpine.mirror=" + mirror,
          "-Dprosodyoci.alpine.keys=" + build.project().resolve("trusted-keys"),
          "-Dprosodyoci.packages.base=" + base
        },
        more);
  }

  private static String[] with(String[] command, String... more) {
    return Stream.concat(Stream.of(command), Stream.of(more)).toArray(String[]::new);
  }

  private static String succeed(Command.Result result) {
    assertThat(result.exitCode()).as(result.output()).isZero();
    return result.output();
  }

  private static long seconds(long start) {
    return Math.round((System.nanoTime() - start) / 1e9);
  }

  private static List<String> digests(JsonNode image) {
    return image.path("layers").findValuesAsText("digest");
  }

  /** Returns a line for each file that differs between the layers of two images. */
  private static String differences(JsonNode first, JsonNode second) {
    StringBuilder text = new StringBuilder();
    Path firstTarget = Path.of(System.getProperty("prosodyoci.it.imageJson")).getParent();
    Path secondTarget = build.project().resolve("prosody-image/target");
    for (int i = 0; i < first.path("layers").size(); i++) {
      JsonNode one = first.path("layers").path(i);
      JsonNode other = second.path("layers").path(i);
      if (!one.path("digest").equals(other.path("digest"))) {
        text.append("layer ").append(one.path("name").asText()).append(":\n");
        FileTree.of(unpack(firstTarget.resolve(one.path("file").asText())))
            .differences(FileTree.of(unpack(secondTarget.resolve(other.path("file").asText()))))
            .forEach(line -> text.append("  ").append(line).append('\n'));
      }
    }
    return text.isEmpty() ? "only the configuration: image.json" : text.toString();
  }

  private static Path unpack(Path layer) {
    Path folder = Workspace.newFolder("layer");
    Command.of("tar", "-xzf", layer.toString(), "-C", folder.toString()).run();
    return folder;
  }
}
