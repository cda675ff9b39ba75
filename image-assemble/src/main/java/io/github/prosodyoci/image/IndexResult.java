package io.github.prosodyoci.image;

/**
 * What index was made.
 *
 * @param report what the report file says
 * @param upToDate whether archive and report were there already
 */
public record IndexResult(IndexReport report, boolean upToDate) {}
