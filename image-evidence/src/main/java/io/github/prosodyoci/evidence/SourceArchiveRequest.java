package io.github.prosodyoci.evidence;

import io.github.prosodyoci.evidence.input.BuildReports;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Which sources to put into an archive, and where.
 *
 * @param reports the reports of the stages that made the image, for each of its platforms
 * @param cache the folder that holds the content store
 * @param recipes the recipes: files, or folders with all that is in them
 * @param archive the archive to write
 * @param created the one time that everything carries
 * @param commit the commit of the project, if known, which the archive names
 * @param repository the address of the project's repository
 */
public record SourceArchiveRequest(
    List<BuildReports> reports,
    Path cache,
    List<Path> recipes,
    Path archive,
    Instant created,
    Optional<String> commit,
    Optional<String> repository) {

  /** Copies the lists. */
  public SourceArchiveRequest {
    reports = List.copyOf(reports);
    recipes = List.copyOf(recipes);
  }
}
