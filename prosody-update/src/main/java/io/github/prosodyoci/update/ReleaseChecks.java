package io.github.prosodyoci.update;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.fetch.FetchRequest;
import io.github.prosodyoci.fetch.FetchResult;
import io.github.prosodyoci.fetch.Fetcher;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.Evidence;
import io.github.prosodyoci.recipe.Source;
import io.github.prosodyoci.verify.VerifyResult;
import io.github.prosodyoci.verify.openpgp.SignatureVerifier;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Detects an old release that is offered as a new one. A detached signature covers bytes, not their
 * name, so an old release with its genuine signature verifies under any name.
 */
final class ReleaseChecks {

  /** A file in the leading folder whose first line is the version, alone or after the name. */
  private static final Set<String> VERSION_FILES =
      Set.of("VERSION", "VERSION.txt", "version", "version.txt", ".version");

  private static final Pattern VERSION_LINE =
      Pattern.compile("(?:[A-Za-z][A-Za-z0-9_.+-]*[ -])?v?([0-9]+(?:[.][0-9]+)*[A-Za-z0-9.~+-]*)");
  private static final Pattern VERSION_IN_FOLDER =
      Pattern.compile("(?:^|[-_])v?([0-9]+(?:[.][0-9]+)+[a-z]?)(?![A-Za-z0-9])");

  private final UpdateTarget target;
  private final Set<Digest> learned;
  private final Fetcher fetcher;
  private final Set<UpdateWaiver> waivers;

  /**
   * Creates the checks.
   *
   * @param learned the digests that no signed index lists under a name
   */
  ReleaseChecks(
      UpdateTarget target, Set<Digest> learned, Fetcher fetcher, Set<UpdateWaiver> waivers) {
    this.target = target;
    this.learned = learned;
    this.fetcher = fetcher;
    this.waivers = waivers;
  }

  /**
   * Checks a source whose evidence holds.
   *
   * @param before as the recipe declares it now
   * @param after as it is to declare it
   * @param verified what its evidence came to
   * @throws FailureException with {@link UpdateCode#OLD_RELEASE} or {@link
   *     UpdateCode#OTHER_VERSION} if it may be another release
   * @throws IOException if a file cannot be read
   */
  void check(DeclaredSource before, DeclaredSource after, VerifyResult.Entry verified)
      throws IOException {
    if (before.source().sha256().equals(after.source().sha256())
        || target.from().equals(target.to())) {
      return;
    }
    checkVersion(after.source());
    // Only a signature that was verified tells a time: others may claim any.
    Optional<Instant> signed =
        verified.evidence().stream()
            .filter(result -> result.kind().equals("signature"))
            .flatMap(result -> Stream.ofNullable(result.signedAt()))
            .map(Instant::parse)
            .min(Comparator.naturalOrder());
    Optional<Source> former = signature(before);
    if (former.isPresent() && signed.isPresent()) {
      checkAge(after.source(), former.get(), signed.get());
    }
  }

  private static Optional<Source> signature(DeclaredSource declared) {
    return declared.evidence().stream()
        .filter(Evidence.Signature.class::isInstance)
        .map(entry -> ((Evidence.Signature) entry).file())
        .findFirst();
  }

  private void checkVersion(Source source) throws IOException {
    String name = source.file();
    boolean isLearned = learned.contains(source.sha256());
    Optional<String> named = Optional.empty();
    if (SourceArchive.isArchive(name)) {
      Path file = fetcher.fetch(FetchRequest.required(List.of(source))).fetched().get(0).path();
      named = namedVersion(SourceArchive.read(file, name, VERSION_FILES::contains));
    }
    if (named.filter(target.to()::equals).isPresent()
        // a signed index lists it under its name; archives of such may be named in their own way
        || (!isLearned && !named.equals(Optional.of(target.from())))) {
      return;
    }
    if (named.isPresent()) {
      throw UpdateCode.OTHER_VERSION.failure(
          name, "it should be version " + target.to() + ", but its contents name " + named.get());
    }
    if (!waivers.contains(UpdateWaiver.UNNAMED_VERSION)) {
      throw UpdateCode.OTHER_VERSION.failure(
          name,
          "it should be version "
              + target.to()
              + ", but neither its leading folder nor a file VERSION in it names a version; if"
              + " upstream's archives never do, and you have inspected this one, add"
              + " -Dprosodyoci.update.allow="
              + UpdateWaiver.UNNAMED_VERSION);
    }
  }

  /** Returns the version that an archive names: in its leading folder, else in a file there. */
  private Optional<String> namedVersion(SourceArchive archive) {
    if (archive.folders().size() == 1) {
      String folder = archive.folders().iterator().next();
      for (String known : List.of(target.to(), target.from())) {
        if (VersionText.holds(folder, known)) {
          return Optional.of(known);
        }
      }
      Matcher other = VERSION_IN_FOLDER.matcher(folder);
      if (other.find()) {
        return Optional.of(other.group(1));
      }
    }
    return archive.texts().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(text -> VERSION_LINE.matcher(text.getValue().lines().findFirst().orElse("").strip()))
        .filter(Matcher::matches)
        .map(line -> line.group(1))
        .findFirst();
  }

  private void checkAge(Source source, Source former, Instant signed) throws IOException {
    if (waivers.contains(UpdateWaiver.SIGNATURE_AGE)) {
      return;
    }
    String advice =
        "; if you compared the release by hand, add -Dprosodyoci.update.allow="
            + UpdateWaiver.SIGNATURE_AGE;
    Optional<Instant> then = created(former);
    if (then.isEmpty() && learned.contains(source.sha256())) {
      throw UpdateCode.OLD_RELEASE.failure(
          source.file(),
          "its signature of "
              + signed
              + " should be newer than the pinned "
              + former.file()
              + ", which no origin has any more"
              + advice);
    }
    if (then.isPresent() && !signed.isAfter(then.get())) {
      throw UpdateCode.OLD_RELEASE.failure(
          source.file(),
          "it was signed on "
              + signed
              + ", not after the pinned "
              + former.file()
              + " of "
              + then.get()
              + advice);
    }
  }

  /** Returns when a signature file was made; empty if nobody has it. */
  private Optional<Instant> created(Source signature) throws IOException {
    FetchResult outcome = fetcher.fetch(FetchRequest.optional(List.of(signature)));
    if (outcome.fetched().isEmpty()) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(outcome.fetched().get(0).path())) {
      byte[] bytes = in.readNBytes(SignatureVerifier.MAX_SIGNATURE_FILE + 1);
      return SignatureVerifier.creationTimes(bytes).stream().max(Comparator.naturalOrder());
    } catch (FailureException e) {
      throw e.about("verify", signature.file());
    }
  }
}
