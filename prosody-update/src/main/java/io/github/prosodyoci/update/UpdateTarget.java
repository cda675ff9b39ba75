package io.github.prosodyoci.update;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.fetch.unpinned.UnpinnedDownloads;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.recipe.RecipeDocument;
import io.github.prosodyoci.recipe.yaml.YamlMap;
import io.github.prosodyoci.verify.debian.DebianFile;
import io.github.prosodyoci.verify.debian.DebianVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The version that a recipe is to have.
 *
 * @param from the version of the software now
 * @param to the version of the software then
 * @param debian where Debian has it; empty if it is to come from upstream alone
 * @param asked the suites of Debian that were asked, for messages
 */
record UpdateTarget(String from, String to, Optional<SourcePackage> debian, String asked) {

  /**
   * A version of a source package in a suite.
   *
   * @param name the source package
   * @param from the version that the recipe's files have; the revision is empty if none shows it
   * @param to the version that they are to have
   * @param suite where it is
   */
  record SourcePackage(String name, DebianVersion from, DebianVersion to, SuiteSources suite) {}

  /**
   * Chooses the version.
   *
   * @throws FailureException with {@link UpdateCode#UP_TO_DATE} if there is nothing newer
   */
  static UpdateTarget choose(
      RecipeDocument recipe,
      List<SuiteSources> suites,
      UnpinnedDownloads pages,
      Optional<String> wanted) {
    YamlMap root = recipe.root();
    List<DeclaredSource> sources = recipe.sources();
    String from = root.map("package").text("version");
    List<SourcePackage> candidates = new ArrayList<>();
    Optional<SourcePackage> current = Optional.empty();
    for (DeclaredSource source : sources) {
      for (Origin origin : source.source().origins()) {
        if (origin instanceof Origin.Debian debian) {
          Optional<DebianFile> file =
              DebianFile.parse(debian.file()).filter(f -> f.version().upstream().equals(from));
          for (SuiteSources suite : file.isEmpty() ? List.<SuiteSources>of() : suites) {
            for (DebianVersion version :
                suite.versions().getOrDefault(debian.sourcePackage(), List.of())) {
              candidates.add(
                  new SourcePackage(debian.sourcePackage(), file.get().version(), version, suite));
            }
          }
          if (file.isPresent()
              && (current.isEmpty() || current.get().from().revision().isEmpty())
              && !suites.isEmpty()) {
            DebianVersion version = file.get().version();
            current =
                Optional.of(
                    new SourcePackage(debian.sourcePackage(), version, version, suites.get(0)));
          }
        }
      }
    }
    Optional<SourcePackage> now = current;
    Optional<SourcePackage> chosen =
        candidates.stream()
            .filter(c -> now.isPresent() && c.name().equals(now.get().name()))
            .filter(c -> wanted.map(version -> isOf(c.to(), version)).orElse(true))
            .reduce((one, other) -> one.to().compareTo(other.to()) >= 0 ? one : other)
            .map(c -> new SourcePackage(c.name(), now.orElseThrow().from(), c.to(), c.suite()));
    if (chosen.isPresent() && (wanted.isPresent() || isNewer(chosen.get()))) {
      refuseIfTheSame(root, chosen.get());
      return new UpdateTarget(from, chosen.get().to().upstream(), chosen, asked(suites));
    }
    if (wanted.isEmpty() && now.isPresent()) {
      throw upToDate(root, "nothing newer than " + now.get().from() + " is in " + asked(suites));
    }
    String to = wanted.orElseGet(() -> newestUpstream(root, sources, pages, from));
    if (to.equals(from)) {
      throw upToDate(root, "it has version " + from + " already");
    }
    return new UpdateTarget(from, to, Optional.empty(), asked(suites));
  }

  private static boolean isOf(DebianVersion version, String wanted) {
    return version.upstream().equals(wanted)
        || version.toString().equals(wanted)
        || version.withoutEpoch().toString().equals(wanted);
  }

  private static boolean isNewer(SourcePackage found) {
    return found.from().revision().isEmpty()
        ? DebianVersion.compare(found.from().upstream(), found.to().upstream()) < 0
        : found.from().compareTo(found.to().withoutEpoch()) < 0;
  }

  private static void refuseIfTheSame(YamlMap root, SourcePackage found) {
    if (found.from().equals(found.to().withoutEpoch())
        || (found.from().revision().isEmpty()
            && found.from().upstream().equals(found.to().upstream()))) {
      throw upToDate(root, "it has version " + found.from() + " already");
    }
  }

  private static String asked(List<SuiteSources> suites) {
    return String.join(
        ", ",
        suites.stream()
            .map(
                suite ->
                    "Debian "
                        + suite.name()
                        + (suite.date().isEmpty()
                            ? " (not asked: " + suite.suite().reason() + ")"
                            : ""))
            .toList());
  }

  private static String newestUpstream(
      YamlMap root, List<DeclaredSource> sources, UnpinnedDownloads pages, String from) {
    for (DeclaredSource source : sources) {
      for (Origin origin : source.source().origins()) {
        if (origin instanceof Origin.Https web && !RecipeSearch.isSnapshot(web)) {
          Optional<ListingPage> page = ListingPage.of(web.address(), from);
          if (page.isPresent()) {
            List<String> versions =
                page.get().versions(pages.page(page.get().folder(), ListingPage.MAXIMUM_BYTES));
            String newest = versions.isEmpty() ? from : versions.get(versions.size() - 1);
            if (DebianVersion.compare(from, newest) < 0) {
              return newest;
            }
          }
        }
      }
    }
    throw upToDate(root, "nothing newer than " + from + " was found");
  }

  private static FailureException upToDate(YamlMap root, String found) {
    return UpdateCode.UP_TO_DATE.failure(root, root.where("package"), found);
  }
}
