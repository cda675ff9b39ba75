package io.github.prosodyoci.fetch;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.fetch.FaultyFileSystem.Operation;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.recipe.Source;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** A process of its own that fetches files from a server into a cache. */
final class FetchingProcess {

  private FetchingProcess() {}

  /** Returns what the server is to hold as the file with a number. */
  static byte[] content(int file, int size) {
    byte[] content = new byte[size];
    new Random(file).nextBytes(content);
    return content;
  }

  /** Starts a process that fetches all files; its exit code is 0 when it has them. */
  static Process start(Path cache, URI server, int files, int size) throws IOException {
    return start(cache, server, files, size, Integer.MAX_VALUE);
  }

  /** Starts a process that ends as if killed at the operation with a number, counted from 1. */
  static Process start(Path cache, URI server, int files, int size, int operation)
      throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx64m",
            "-Xshare:auto",
            "-cp",
            System.getProperty("java.class.path"),
            FetchingProcess.class.getName(),
            cache.toString(),
            server.toString(),
            String.valueOf(files),
            String.valueOf(size),
            String.valueOf(operation))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Fetches the files of the server given into the cache given. */
  public static void main(String[] arguments) {
    int size = Integer.parseInt(arguments[3]);
    int last = Integer.parseInt(arguments[4]);
    List<Source> sources =
        IntStream.range(0, Integer.parseInt(arguments[2]))
            .mapToObj(
                i ->
                    new Source(
                        "file-" + i,
                        Digest.of(content(i, size)),
                        List.of(new Origin.Https(URI.create(arguments[1] + i)))))
            .toList();
    AtomicInteger operations = new AtomicInteger();
    Path cache =
        last == Integer.MAX_VALUE
            ? Path.of(arguments[0])
            : FaultyFileSystem.at(
                Path.of(arguments[0]),
                (operation, path) -> {
                  if (operation != Operation.READ && operations.incrementAndGet() == last) {
                    Runtime.getRuntime().halt(9);
                  }
                });
    new Fetcher(
            cache,
            FetchSettings.STANDARD.withRetries(1, Duration.ZERO).withParallel(8),
            Progress.SILENT)
        .fetch(FetchRequest.required(sources))
        .fetched();
  }
}
