package io.github.prosodyoci.update;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.fetch.FetchCode;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.RecipeDocument;
import io.github.prosodyoci.verify.SourceVerifier;
import io.github.prosodyoci.verify.VerifyRequest;
import io.github.prosodyoci.verify.VerifyResult;
import io.github.prosodyoci.verify.debian.DebianIndexes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Rewrites the pins of a recipe to a newer version, once the new evidence is verified. */
public final class RecipeUpdater {

  /** An index that is signed and valid is good enough to take a version from. */
  private static final Duration ANY_AGE = Duration.ofDays(36_500);

  private final UpdateAccess access;

  /** Creates an updater. */
  public RecipeUpdater(UpdateAccess access) {
    this.access = access;
  }

  /**
   * Returns a recipe with new pins, after fetching and verifying what they name. The file is not
   * changed; {@link UpdateResult#write} does that.
   *
   * @throws FailureException with an {@link UpdateCode} if the recipe cannot be updated; with
   *     another code if it cannot be read, a file cannot be fetched, or the new evidence is not
   *     sufficient
   * @throws IOException if a file cannot be read or written
   */
  public UpdateResult update(UpdateRequest request) throws IOException {
    Path file = find(request.recipes(), request.recipe());
    String text = Files.readString(file, StandardCharsets.UTF_8);
    RecipeDocument recipe = RecipeDocument.parse(file, text);
    if (recipe.root().find("build-root").isPresent()) {
      return updateBuildRoot(request, recipe, text);
    }
    List<DeclaredSource> before = recipe.sources();
    SuiteReader reader =
        new SuiteReader(access.archive(), request.trust(), access.cache(), access.clock());
    List<SuiteSources> suites = reader.read(suites(before, request), before, ANY_AGE);
    UpdateTarget target =
        UpdateTarget.choose(recipe, suites, access.unpinned(), request.toVersion());
    RecipeRewrite rewrite =
        new RecipeRewrite(text, recipe, target, reader.indexes(), access.unpinned());
    String edited = rewrite.run();
    RecipeDocument rewritten = RecipeDocument.parse(file, edited);
    List<DeclaredSource> after = rewritten.sources();
    VerifyResult verified =
        verify(
            request,
            target.from(),
            target.to(),
            target.debian().map(debian -> debian.suite().shown()),
            after);
    ReleaseChecks checks =
        new ReleaseChecks(target, rewrite.learned(), access.fetcher(), request.waivers());
    for (int i = 0; i < after.size(); i++) {
      checks.check(before.get(i), after.get(i), verified.sources().get(i));
    }
    PatchCarry.Carried carried =
        new PatchCarry(
                rewritten.root(),
                new PatchFiles(file, after, access.fetcher()),
                new PatchFiles(file, before, access.fetcher()),
                target.to())
            .run(edited);
    List<String> notes = new ArrayList<>(carried.notes());
    notes.addAll(new QueueNotes(access.fetcher()).compare(before, after));
    return new UpdateResult(
        request.recipe(),
        file,
        target.from(),
        target.to(),
        rewrite.changes(),
        verified,
        notes,
        carried.text());
  }

  /** Updates the packages of a build root, each to a version of its own. */
  private UpdateResult updateBuildRoot(UpdateRequest request, RecipeDocument document, String text)
      throws IOException {
    if (request.toVersion().isPresent()) {
      throw Failure.of(
              UpdateCode.BY_HAND,
              "update",
              document.name(),
              "it is a build root, whose packages have versions of their own")
          .at(document.root().where("build-root"))
          .advising(
              "Leave out -Dprosodyoci.update.toVersion: all packages get their newest version.")
          .toException();
    }
    List<DeclaredSource> before = document.sources();
    DebianIndexes indexes =
        new SuiteReader(access.archive(), request.trust(), access.cache(), access.clock())
            .indexes();
    BuildRootRewrite rewrite =
        new BuildRootRewrite(
            text, document, new BinaryCandidates(indexes, suites(before, request)));
    String edited = rewrite.run();
    List<DeclaredSource> after = RecipeDocument.parse(document.file(), edited).sources();
    String from = document.root().map("build-root").text("version");
    List<DeclaredSource> changed = new ArrayList<>();
    for (int i = 0; i < after.size(); i++) {
      if (!after.get(i).source().equals(before.get(i).source())) {
        changed.add(after.get(i));
      }
    }
    VerifyResult verified = verify(request, from, rewrite.version(), Optional.empty(), changed);
    List<String> notes = new ArrayList<>(rewrite.notes());
    for (RecipeDocument other : RecipeDocument.readAll(request.recipes())) {
      if (!other.file().equals(document.file())
          && other.sources().stream()
              .flatMap(source -> source.source().debianOrigin().stream())
              .anyMatch(origin -> rewrite.moved().contains(origin.sourcePackage()))) {
        notes.add(other.name() + " takes packages of the same source: update it, too");
      }
    }
    return new UpdateResult(
        request.recipe(),
        document.file(),
        from,
        rewrite.version(),
        rewrite.changes(),
        verified,
        notes,
        edited);
  }

  private VerifyResult verify(
      UpdateRequest request,
      String from,
      String to,
      Optional<String> suite,
      List<DeclaredSource> after)
      throws IOException {
    try {
      return new SourceVerifier(access.fetcher(), access.archive(), access.cache(), access.clock())
          .verify(new VerifyRequest(after, request.trust(), "update"));
    } catch (FailureException e) {
      if (!FetchCode.isCodeOf(e)) {
        throw e;
      }
      throw Failure.of(
              UpdateCode.UNAVAILABLE,
              "update",
              request.recipe() + " from " + from + " to " + to,
              "a new file cannot be fetched: " + e.getMessage())
          .advising(
              "The recipe is unchanged. "
                  + suite.map(name -> "The version is listed in " + name + ". ").orElse("")
                  + "Run the same command where one of these origins serves the files.")
          .toException(e);
    }
  }

  private static Path find(List<Path> recipes, String name) {
    Set<String> known = new TreeSet<>();
    for (RecipeDocument recipe : RecipeDocument.readAll(recipes)) {
      String stem = recipe.file().getFileName().toString().replaceFirst("\\.ya?ml$", "");
      if (!recipe.sources().isEmpty() && (recipe.name().equals(name) || stem.equals(name))) {
        return recipe.file();
      }
      recipe.sources().stream().map(DeclaredSource::recipe).forEach(known::add);
    }
    throw Failure.of(UpdateCode.NO_RECIPE, "update", name, "there is no such recipe")
        .advising(
            "Name one of " + String.join(", ", known) + " with -Dprosodyoci.update.recipe=<name>.")
        .toException();
  }

  /** Returns the suites that are named as evidence, with their updates; empty for all suites. */
  private static List<String> suites(List<DeclaredSource> sources, UpdateRequest request) {
    return request.toVersion().isPresent()
        ? List.of()
        : SuiteReader.related(request.trust().suites(), sources);
  }
}
