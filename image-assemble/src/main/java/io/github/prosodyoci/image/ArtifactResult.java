package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Digest;

/**
 * What was added to an image.
 *
 * @param digest the digest of the artifact's manifest
 */
public record ArtifactResult(Digest digest) {}
