package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.archive.Gzip;
import io.github.prosodyoci.core.archive.Layer;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarWriter;
import io.github.prosodyoci.image.registry.RegistryConnector;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Two tiny layers, listed in a rootfs.json, and an image of them. */
public final class Fixture {

  static final Instant TIME = Instant.parse("2026-11-01T00:00:00Z");
  public static final String NAME = "example/tiny:1.0";

  final Path folder;
  final Platform platform;
  final List<String> said = new ArrayList<>();

  public Fixture(Path folder) throws IOException {
    this(folder, Platform.LINUX_AMD64);
  }

  public Fixture(Path folder, Platform platform) throws IOException {
    this.folder = folder;
    this.platform = platform;
    Json.write(
        layersFile(),
        new LayerList(
            platform,
            List.of(
                layer("base", "etc/motd", "hello\n"),
                layer(
                    "app",
                    "srv/index",
                    platform == Platform.LINUX_AMD64 ? "good bye\n" : platform + "\n")),
            List.of()));
  }

  Path layersFile() {
    return folder.resolve("rootfs.json");
  }

  Path archive() {
    return folder.resolve("tiny-" + platform.fileName() + ".tar");
  }

  public Path report() {
    return folder.resolve("image.json");
  }

  private Layer layer(String name, String path, String content) throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    try (TarWriter writer = new TarWriter(tar)) {
      writer.add(
          TarEntry.directory(path.substring(0, path.indexOf('/')), 0755, TIME.getEpochSecond()));
      writer.add(TarEntry.file(path, 0644, bytes.length, TIME.getEpochSecond()), bytes);
    }
    Path file = folder.resolve("layers").resolve(name + ".tar.gz");
    Files.createDirectories(file.getParent());
    try (OutputStream out = Gzip.compress(Files.newOutputStream(file))) {
      out.write(tar.toByteArray());
    }
    return new Layer(
        name,
        "layers/" + name + ".tar.gz",
        Digest.of(file),
        Digest.of(tar.toByteArray()),
        Files.size(file),
        List.of(name + "-1.0-r0"));
  }

  static ContainerConfig config() {
    Map<String, String> env = new LinkedHashMap<>();
    env.put("PATH", "/usr/bin:/bin");
    env.put("LANG", "C.UTF-8");
    return new ContainerConfig(
        List.of("/usr/bin/start", "--now"),
        List.of("serve"),
        env,
        "100:101",
        List.of("5269", "5222/tcp", "53/udp"),
        List.of("/var/lib/tiny", "/etc/tiny"),
        "/var/lib/tiny",
        Map.of("a", "1"),
        "SIGTERM",
        new Healthcheck(
            List.of("CMD", "/usr/bin/check"),
            Duration.ofSeconds(30),
            Duration.ofSeconds(5),
            null,
            3));
  }

  static ImageDescription description() {
    return description(NAME);
  }

  static ImageDescription description(String name) {
    return description(name, Platform.LINUX_AMD64);
  }

  static ImageDescription description(String name, Platform platform) {
    return new ImageDescription(
        ImageName.parse(name),
        platform,
        TIME,
        config(),
        Map.of(
            "org.opencontainers.image.title",
            "tiny",
            "org.opencontainers.image.created",
            TIME.toString()));
  }

  AssembleRequest request() {
    return new AssembleRequest(
        layersFile(), description(NAME, platform), archive(), report(), "test 1");
  }

  public AssembleResult assemble() {
    return new ImageAssembler(said::add).assemble(request());
  }

  /** Returns the request to push the image that {@link #assemble} made. */
  PushRequest push(String name, @Nullable RegistryLogin login, String... tags) throws IOException {
    ImageReport made = Json.read(report(), ImageReport.class);
    return new PushRequest(
        archive(), made.digest(), ImageName.parse(name), List.of(tags), login, null, false);
  }

  /** Returns a pusher that knows no login, and has nothing to say. */
  static ImagePusher pusher(Path home) {
    return pusher(Map.of(), home, line -> {}, line -> {});
  }

  static ImagePusher pusher(
      Map<String, String> environment,
      Path home,
      Consumer<String> progress,
      Consumer<String> debug) {
    return new ImagePusher(
        new DockerCredentials(environment, home),
        new RegistryConnector(HttpClient.Builder.NO_PROXY, "test"),
        progress,
        debug);
  }
}
