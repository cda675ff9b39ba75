package io.github.prosodyoci.evidence;

import java.nio.file.Path;

/**
 * Which image to show, and where.
 *
 * @param documents the image, and what is known of it
 * @param page the page to write
 */
public record PageRequest(DocumentsRequest documents, Path page) {}
