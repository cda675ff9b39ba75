package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Platform;
import java.nio.file.Path;
import java.util.List;

/**
 * What images to put into one index, and where.
 *
 * @param archives the archives of the images, each of one platform, as {@link ImageAssembler}
 *     writes them
 * @param name the name that the index has once it is loaded
 * @param dockerPlatform the platform whose image Docker's own image store loads, which knows no
 *     index; if the index has none for it, the first one
 * @param archive the archive to write
 * @param report the report to write
 * @param madeBy the name and code of what makes the index; what other code made is made again
 */
public record IndexRequest(
    List<Path> archives,
    ImageName name,
    Platform dockerPlatform,
    Path archive,
    Path report,
    String madeBy) {

  /** Copies the list. */
  public IndexRequest {
    archives = List.copyOf(archives);
  }
}
