package io.github.prosodyoci.compile;

import io.github.prosodyoci.compile.buildroot.BuildRoot;
import io.github.prosodyoci.compile.buildroot.BuildRootUnpacker;
import io.github.prosodyoci.compile.report.CompileListener;
import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.fetch.FetchRequest;
import io.github.prosodyoci.fetch.FetchSettings;
import io.github.prosodyoci.fetch.FetchedSource;
import io.github.prosodyoci.fetch.Fetcher;
import io.github.prosodyoci.fetch.Progress;
import io.github.prosodyoci.fetch.debian.DebianMirrors;
import io.github.prosodyoci.fetch.store.ContentStore;
import io.github.prosodyoci.recipe.BuildRootSpec;
import io.github.prosodyoci.recipe.RecipeBook;
import io.github.prosodyoci.recipe.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The image's own build root without the compiler, for tests. Its packages are fetched like any
 * source, once, into the user's cache; all tests share one unpacked root.
 */
public final class TestRoot {

  private static final Path DECLARED =
      Path.of("..", "prosody-image", "src", "main", "recipes", "build-root.yaml");

  private static final Set<String> NAMES =
      Set.of(
          "busybox-static",
          "dash",
          "make",
          "perl-base",
          "libc6",
          "libcrypt1",
          "coreutils",
          "grep",
          "libselinux1",
          "libpcre2-8-0",
          "libacl1",
          "libattr1");

  private static final Path SHARED = Path.of("target", "test-cache").toAbsolutePath();

  private static final CompileListener NOBODY =
      new CompileListener() {
        @Override
        public void info(String line) {}

        @Override
        public void warn(String line) {}

        @Override
        public void debug(String line) {}
      };

  private static @Nullable BuildRoot shared;
  private static List<Source> packages = List.of();

  private TestRoot() {}

  /** Returns the packages, which are in the shared store. */
  public static synchronized List<Source> packages() throws IOException {
    if (packages.isEmpty()) {
      packages = List.copyOf(fetched());
    }
    return packages;
  }

  private static List<Source> fetched() throws IOException {
    BuildRootSpec spec = RecipeBook.read(List.of(DECLARED)).buildRoot().orElseThrow();
    List<Source> sources =
        spec.sources(BuildHost.current()).stream()
            .map(each -> each.source())
            .filter(each -> NAMES.contains(each.file().replaceFirst("_.*", "")))
            .toList();
    Path users = Path.of(System.getProperty("user.home"), ".cache", "prosody-oci");
    ContentStore shared = new ContentStore(SHARED);
    if (sources.stream().anyMatch(each -> shared.find(each.sha256()).isEmpty())) {
      FetchSettings settings =
          FetchSettings.STANDARD.withMirrors(DebianMirrors.discover("", Path.of("/etc/apt")));
      Fetcher fetcher = new Fetcher(users, settings, Progress.SILENT);
      for (FetchedSource fetched : fetch(fetcher, sources)) {
        try (var in = Files.newInputStream(fetched.path())) {
          var unused = shared.add(fetched.source().sha256(), "test", in);
        }
      }
    }
    return sources;
  }

  private static List<FetchedSource> fetch(Fetcher fetcher, List<Source> sources) {
    try {
      return fetcher.fetch(FetchRequest.required(sources)).fetched();
    } catch (FailureException e) {
      throw new IllegalStateException(
          "These tests need packages of the build root, which are neither in the user's cache nor"
              + " to be fetched: build the image once (mvn package), or run them where a Debian"
              + " mirror is reachable. "
              + e.getMessage(),
          e);
    }
  }

  /** Returns the file of a package. */
  public static Path file(Source source) {
    return new ContentStore(SHARED).find(source.sha256()).orElseThrow();
  }

  /** Returns the root that tests share, which none of them may change. */
  public static synchronized BuildRoot shared() throws IOException, InterruptedException {
    BuildRoot known = shared;
    if (known == null) {
      known =
          new BuildRootUnpacker(
                  SHARED.resolve("build-root"), BuildHost.current(), TestRoot::file, 2, NOBODY)
              .unpack(packages(), true);
      shared = known;
    }
    return known;
  }

  /** Makes the folder of a cache that has the packages and the unpacked root already. */
  static void seed(Path cache) throws IOException, InterruptedException {
    var unused = shared();
    Files.createDirectories(cache);
    for (String name : List.of("store", "build-root")) {
      Files.createSymbolicLink(cache.resolve(name), SHARED.resolve(name));
    }
  }

  /** Declares the root beside recipes. */
  static void declare(Path recipes) throws IOException {
    StringBuilder text = new StringBuilder("build-root: {name: test, version: '1'}\nsources:\n");
    for (Source source : packages()) {
      text.append("  - file: ")
          .append(source.file())
          .append("\n    host: ")
          .append(BuildHost.current())
          .append("\n    sha256: ")
          .append(source.sha256().hex())
          .append("\n    origins: ['https://example.org/")
          .append(source.file())
          .append("']\n    evidence: [{pinned-only: a test}]\n");
    }
    Files.writeString(recipes.resolve("build-root.yaml"), text.toString());
  }
}
