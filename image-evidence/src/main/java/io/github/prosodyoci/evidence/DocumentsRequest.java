package io.github.prosodyoci.evidence;

import io.github.prosodyoci.evidence.input.BuildReports;
import io.github.prosodyoci.evidence.sbom.Tool;
import java.nio.file.Path;
import java.time.Instant;

/**
 * Which image to describe, and where.
 *
 * @param reports the reports of the stages that made it
 * @param folder where the documents go
 * @param created the one time that everything carries
 * @param supplier who makes the image
 * @param tool the program that writes the documents
 * @param madeBy the name and code of what writes them; what other code wrote is written again
 */
public record DocumentsRequest(
    BuildReports reports,
    Path folder,
    Instant created,
    String supplier,
    Tool tool,
    String madeBy) {}
