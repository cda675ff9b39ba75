package io.github.prosodyoci.verify.maven;

import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.fetch.maven.FetchAccess;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.RecipeDocument;
import io.github.prosodyoci.verify.SourceVerifier;
import io.github.prosodyoci.verify.VerifyRequest;
import io.github.prosodyoci.verify.VerifyResult;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Verifies the files that recipes name: by OpenPGP signatures of pinned keys, or by Debian's signed
 * archive. A file whose evidence is false, or does not suffice, stops the build. Who signed what,
 * when, and how strong that is, stands in {@code verification.json} and, in short, in the log.
 */
@Mojo(name = "sources", defaultPhase = LifecyclePhase.PROCESS_SOURCES, threadSafe = true)
public final class SourcesMojo extends TrustGoal {

  /** Where the report goes: each file with its digest and its evidence. */
  @Parameter(defaultValue = "${project.build.directory}/verification.json", required = true)
  private File reportFile;

  /** Where the same report goes as a page for people, which needs nothing but itself. */
  @Parameter(defaultValue = "${project.build.directory}/verification.html", required = true)
  private File pageFile;

  /** Whether to verify again although sources, evidence and certificates have not changed. */
  @Parameter(property = "prosodyoci.verify.force", defaultValue = "false")
  private boolean force;

  /** Whether to skip this goal; what is not verified is not compiled. */
  @Parameter(property = "prosodyoci.verify.skip", defaultValue = "false")
  private boolean skip;

  /** Creates the goal. */
  public SourcesMojo() {
    super("prosodyoci.verify.skip");
  }

  @Override
  protected boolean isSkipped() {
    return skip;
  }

  @Override
  protected void run(FetchAccess access) throws IOException {
    List<DeclaredSource> declared =
        DeclaredSource.needed(RecipeDocument.sources(recipes()), platforms(), BuildHost.current());
    VerifyRequest request = new VerifyRequest(declared, trust(), code());
    Path report = reportFile.toPath();
    Optional<VerifyResult> last = VerifyResult.upToDate(report, request.inputs(), getLog()::info);
    Path page = pageFile.toPath();
    if (last.isPresent() && !force) {
      last.get().writePage(page);
      getLog()
          .info(
              "The evidence of "
                  + last.get().sources().size()
                  + " source files is up to date (again with -Dprosodyoci.verify.force)");
      return;
    }
    // What was trusted before counts no more, also if this fails.
    Files.deleteIfExists(report);
    Files.deleteIfExists(page);
    VerifyResult verification = verifier(access).verify(request);
    verification.writePage(page);
    verification.write(report);
    verification.table().forEach(line -> getLog().info(line));
    getLog().info(verification.sources().size() + " source files verified: " + page);
  }

  private SourceVerifier verifier(FetchAccess access) {
    // What prosody-fetch:sources tried in vain is asked for once more, but not again and again.
    return new SourceVerifier(
        fetcher(access, settings(access).withAttempts(1)),
        archive(access),
        cache(),
        Clock.systemUTC());
  }
}
