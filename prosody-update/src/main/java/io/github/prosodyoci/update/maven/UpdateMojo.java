package io.github.prosodyoci.update.maven;

import io.github.prosodyoci.fetch.maven.FetchAccess;
import io.github.prosodyoci.maven.Parameters;
import io.github.prosodyoci.update.RecipeUpdater;
import io.github.prosodyoci.update.UpdateRequest;
import io.github.prosodyoci.update.UpdateResult;
import io.github.prosodyoci.update.UpdateWaiver;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites the pins of one recipe (version, names, addresses, digests and suites) to a newer
 * version, after fetching the new files and verifying their evidence. An old release offered as a
 * new one is refused. Patches that the new version contains are dropped; a patch that neither
 * applies nor is contained stops the update. Comments and order stay. If any check fails, the file
 * stays unchanged.
 */
@Mojo(name = "update", threadSafe = true)
public final class UpdateMojo extends UpdatesGoal {

  /** The name of the recipe. */
  @Parameter(property = "prosodyoci.update.recipe", required = true)
  private String recipe;

  /**
   * The version to take, of the software ({@code 13.0.5}) or of Debian's package ({@code
   * 13.0.1-1+deb13u2}). By default, the newest in the suites that the recipe's evidence names and
   * in their updates, or, if the recipe does not use Debian, the newest that upstream lists.
   */
  @Parameter(property = "prosodyoci.update.toVersion")
  private @Nullable String toVersion;

  /**
   * The checks to skip, separated by commas, because somebody made them by hand: {@code
   * unnamed-version}, that the archive of a release which only upstream signed names its version;
   * {@code signature-age}, that the new signature is younger than the pinned one.
   */
  @Parameter(property = "prosodyoci.update.allow")
  private List<String> allow = List.of();

  /** Whether to only report what would change. */
  @Parameter(property = "prosodyoci.update.dryRun", defaultValue = "false")
  private boolean dryRun;

  /** Whether to skip this goal. */
  @Parameter(property = "prosodyoci.update.skip", defaultValue = "false")
  private boolean skip;

  /** Creates the goal. */
  public UpdateMojo() {
    super("prosodyoci.update.skip");
  }

  @Override
  protected boolean isSkipped() {
    return skip;
  }

  @Override
  protected void run(FetchAccess access) throws IOException {
    UpdateResult update =
        new RecipeUpdater(updates(access))
            .update(
                new UpdateRequest(
                    recipes(),
                    trust(),
                    recipe,
                    Parameters.text(toVersion),
                    allow.stream()
                        .map(
                            name ->
                                Parameters.parse(
                                    "prosodyoci.update.allow", name, UpdateWaiver::parse))
                        .collect(Collectors.toSet())));
    update.table().forEach(line -> getLog().info(line));
    if (dryRun) {
      getLog().info(update.file() + " is left as it is (prosodyoci.update.dryRun)");
    } else {
      update.write();
      getLog().info("Rewrote " + update.file() + ", with all its evidence verified");
    }
  }
}
