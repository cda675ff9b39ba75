import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.archive.Gzip;
import io.github.prosodyoci.core.archive.Layer;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarWriter;
import io.github.prosodyoci.image.AssembleRequest;
import io.github.prosodyoci.image.ContainerConfig;
import io.github.prosodyoci.image.DockerCredentials;
import io.github.prosodyoci.image.ImageAssembler;
import io.github.prosodyoci.image.ImageDescription;
import io.github.prosodyoci.image.ImageIndexer;
import io.github.prosodyoci.image.ImageName;
import io.github.prosodyoci.image.ImagePusher;
import io.github.prosodyoci.image.IndexReport;
import io.github.prosodyoci.image.IndexRequest;
import io.github.prosodyoci.image.LayerList;
import io.github.prosodyoci.image.PushRequest;
import io.github.prosodyoci.image.registry.RegistryConnector;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Makes images of all platforms, an index over them, and pushes it, as it/benchmark-registry asks.
 *
 * <p>Arguments: a folder; the registry; how often. The layers have the sizes of Prosody's image, and content that cannot be compressed. Prints
 * a line for each run: milliseconds of the archives, of the index, of a push, and of the same push again.
 */
final class RegistryBenchmark {

  private static final int[] SIZES = {717_000, 2_666_000, 595_000, 43_000};
  private static final Instant TIME = Instant.parse("2026-11-01T00:00:00Z");

  private RegistryBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    for (Platform platform : Platform.values()) {
      layers(folder.resolve(platform.fileName()), platform);
    }
    for (int run = 0; run < Integer.parseInt(arguments[2]); run++) {
      long start = System.nanoTime();
      List<Path> archives = new ArrayList<>();
      for (Platform platform : Platform.values()) {
        archives.add(archive(folder.resolve(platform.fileName()), platform, run));
      }
      long archived = System.nanoTime();
      Path all = folder.resolve("all.tar");
      IndexReport index =
          new ImageIndexer(line -> {})
              .index(
                  new IndexRequest(
                      archives, ImageName.parse("benchmark:1"), Platform.LINUX_AMD64, all, folder.resolve("index.json"), "benchmark " + run))
              .report();
      long indexed = System.nanoTime();
      push(all, index, arguments[1] + "/ours/run" + run);
      long pushed = System.nanoTime();
      push(all, index, arguments[1] + "/ours/run" + run);
      long again = System.nanoTime();
      System.out.printf(
          "%d %d %d %d%n",
          (archived - start) / 1_000_000, (indexed - archived) / 1_000_000, (pushed - indexed) / 1_000_000, (again - pushed) / 1_000_000);
    }
  }

  private static void layers(Path folder, Platform platform) throws Exception {
    Files.createDirectories(folder);
    List<Layer> layers = new ArrayList<>();
    Random random = new Random(platform.ordinal());
    for (int size : SIZES) {
      byte[] content = new byte[size];
      random.nextBytes(content);
      ByteArrayOutputStream tar = new ByteArrayOutputStream();
      try (TarWriter writer = new TarWriter(tar)) {
        writer.add(TarEntry.file("f" + size, 0644, size, 0), content);
      }
      Path file = folder.resolve(size + ".tar.gz");
      try (OutputStream out = Gzip.store(Files.newOutputStream(file))) {
        out.write(tar.toByteArray());
      }
      layers.add(
          new Layer("l" + size, file.getFileName().toString(), Digest.of(file), Digest.of(tar.toByteArray()), Files.size(file), List.of()));
    }
    Json.write(folder.resolve("rootfs.json"), new LayerList(platform, layers, List.of()));
  }

  private static Path archive(Path folder, Platform platform, int run) {
    Path archive = folder.resolve("image.tar");
    new ImageAssembler(line -> {})
        .assemble(
            new AssembleRequest(
                folder.resolve("rootfs.json"),
                new ImageDescription(ImageName.parse("benchmark:1"), platform, TIME, ContainerConfig.EMPTY, Map.of()),
                archive,
                folder.resolve("image.json"),
                "benchmark " + run));
    return archive;
  }

  private static void push(Path archive, IndexReport index, String repository) {
    new ImagePusher(
            new DockerCredentials(Map.of(), Path.of("/nonexistent")),
            new RegistryConnector(HttpClient.Builder.NO_PROXY, "benchmark"),
            line -> {},
            line -> {})
        .push(new PushRequest(archive, index.digest(), ImageName.parse(repository + ":1"), List.of(), null, null, false));
  }
}
