import com.sun.management.OperatingSystemMXBean;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.fetch.store.ContentStore;
import io.github.prosodyoci.fetch.unpinned.DebianArchive;
import io.github.prosodyoci.fetch.debian.DebianMirrors;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.fetch.FetchSettings;
import io.github.prosodyoci.fetch.Progress;
import io.github.prosodyoci.recipe.Evidence;
import io.github.prosodyoci.recipe.RecipeDocument;
import io.github.prosodyoci.fetch.Fetcher;
import io.github.prosodyoci.verify.SourceVerifier;
import io.github.prosodyoci.verify.TrustFolder;
import io.github.prosodyoci.verify.VerifyRequest;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/**
 * Verifies sources from the store, offline, as it/benchmark-verify asks.
 *
 * <p>Arguments: recipes; trust folder; cache; {@code files} for the sources whose evidence is not Debian's archive, {@code chain} for those
 * that one of its indexes lists, {@code all}; how often, or 0 to print the paths of the stored files. Prints milliseconds of time, milliseconds
 * of the processors' time, and the number of files.
 */
final class VerifyBenchmark {

  private VerifyBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    Path cache = Path.of(arguments[2]);
    List<DeclaredSource> chosen =
        DeclaredSource.needed(
                RecipeDocument.sources(List.of(Path.of(arguments[0]))),
                List.of(Platform.LINUX_AMD64),
                BuildHost.current())
            .stream()
            .filter(source -> isChosen(source, arguments[3]))
            .toList();
    ContentStore store = new ContentStore(cache);
    int runs = Integer.parseInt(arguments[4]);
    if (runs == 0) {
      chosen.forEach(source -> System.out.println(store.find(source.source().sha256()).orElseThrow()));
    }
    FetchSettings settings =
        FetchSettings.STANDARD
            .withOffline(true)
            .withMirrors(DebianMirrors.discover("", Path.of("/etc/apt")));
    OperatingSystemMXBean processors = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    for (int i = 0; i < runs; i++) {
      long start = System.nanoTime();
      long used = processors.getProcessCpuTime();
      int verified =
          new SourceVerifier(
                  new Fetcher(cache, settings, Progress.SILENT),
                  new DebianArchive(cache, settings, Progress.SILENT),
                  cache,
                  Clock.systemUTC())
              .verify(new VerifyRequest(chosen, TrustFolder.read(Path.of(arguments[1])), "benchmark"))
              .sources()
              .size();
      System.out.println(
          (System.nanoTime() - start) / 1_000_000
              + " "
              + (processors.getProcessCpuTime() - used) / 1_000_000
              + " "
              + verified);
    }
  }

  private static boolean isChosen(DeclaredSource source, String what) {
    boolean archive = source.evidence().stream().anyMatch(Evidence.DebianArchive.class::isInstance);
    return switch (what) {
      case "files" -> !archive;
      case "chain" -> source.evidence().get(0).equals(new Evidence.DebianArchive("trixie")) && !source.source().origins().toString().contains(".deb");
      default -> true;
    };
  }
}
