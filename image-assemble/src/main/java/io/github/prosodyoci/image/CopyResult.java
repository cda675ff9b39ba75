package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Digest;

/**
 * What was copied.
 *
 * @param digest the digest of the image, or of its index, which is the same at both places
 * @param manifests how many manifests and indexes were copied
 * @param referrers how many of them were additions to the image, such as signatures
 * @param blobs how many layers and configurations there are
 * @param size their size in bytes
 */
public record CopyResult(Digest digest, int manifests, int referrers, int blobs, long size) {}
