package io.github.prosodyoci.evidence.input;

import io.github.prosodyoci.core.Digest;

/**
 * A regular file of an image.
 *
 * @param path its path, without a slash at the start
 * @param layer the number of the layer that it comes from, the lowest being 0
 * @param size its size in bytes
 * @param sha256 the digest of its content
 * @param sha1 its SHA-1 in hexadecimal digits, which SPDX 2.3 requires (8.4)
 */
public record ImageFile(String path, int layer, long size, Digest sha256, String sha1) {}
