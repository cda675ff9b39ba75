package io.github.prosodyoci.packages;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.fetch.FetchRequest;
import io.github.prosodyoci.fetch.FetchSettings;
import io.github.prosodyoci.fetch.FetchedSource;
import io.github.prosodyoci.fetch.Fetcher;
import io.github.prosodyoci.fetch.Progress;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.RecipeDocument;
import io.github.prosodyoci.recipe.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;

/**
 * A genuine Alpine repository with its keys and indexes, fetched by digest as {@code
 * alpine-packages/src/test/alpine-3.19.yaml} says, from any module of this project.
 */
public final class AlpineFiles {

  private static final String KEY = "alpine-devel@lists.alpinelinux.org-";
  private static final FetchSettings SETTINGS =
      FetchSettings.STANDARD
          .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(30))
          .withRetries(2, Duration.ofMillis(100));

  /** Once in a JVM, so that missing files are asked for once. */
  private static final class Fetched {
    static final AlpineFiles ONCE = new AlpineFiles();
  }

  private final Path folder = Path.of("target/alpine-3.19").toAbsolutePath();
  private final String missing;

  private AlpineFiles() {
    List<Source> sources =
        RecipeDocument.read(Path.of("../alpine-packages/src/test/alpine-3.19.yaml"))
            .sources()
            .stream()
            .map(DeclaredSource::source)
            .toList();
    Path cache =
        Path.of(
            System.getProperty(
                "prosodyoci.it.cache", System.getProperty("user.home") + "/.cache/prosody-oci"));
    Fetcher fetcher = new Fetcher(cache, SETTINGS, Progress.SILENT);
    String failure = "";
    try {
      for (FetchedSource file : fetcher.fetch(FetchRequest.required(sources)).fetched()) {
        lay(file.path(), folder.resolve(place(file.source().file())));
      }
    } catch (FailureException e) {
      failure = e.getMessage();
    } catch (IOException e) {
      throw new UncheckedIOException("Could not lay out the genuine packages", e);
    }
    missing = failure;
  }

  /** Returns the repository's folder; skips the test where a file is not available. */
  public static Path repository() {
    assumeTrue(Fetched.ONCE.missing.isEmpty(), Fetched.ONCE.missing);
    return Fetched.ONCE.folder;
  }

  private static String place(String file) {
    if (file.endsWith(".rsa.pub")) {
      return "keys/" + KEY + file;
    }
    return (file.endsWith(".APKINDEX.tar.gz") ? "index/" : "x86_64/") + file;
  }

  private static void lay(Path stored, Path file) throws IOException {
    if (Files.exists(file) && Files.mismatch(stored, file) < 0) {
      return;
    }
    Files.createDirectories(file.getParent());
    Path copy = file.resolveSibling("." + file.getFileName() + "." + ProcessHandle.current().pid());
    Files.copy(stored, copy, StandardCopyOption.REPLACE_EXISTING);
    Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
