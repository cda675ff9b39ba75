package io.github.prosodyoci.image;

/**
 * What image was made.
 *
 * @param report what the report file says
 * @param upToDate whether archive and report were there already
 */
public record AssembleResult(ImageReport report, boolean upToDate) {}
