package io.github.prosodyoci.evidence.sbom;

/**
 * The program that writes documents.
 *
 * @param name such as {@code image-evidence}
 * @param version its version
 */
public record Tool(String name, String version) {}
