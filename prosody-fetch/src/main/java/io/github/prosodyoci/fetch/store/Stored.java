package io.github.prosodyoci.fetch.store;

import io.github.prosodyoci.core.Digest;
import java.nio.file.Path;

/**
 * A file in the store.
 *
 * @param digest the digest of its bytes
 * @param path where it is; not to be changed
 * @param size its size in bytes
 * @param origin the address that it came from when it was first fetched
 */
public record Stored(Digest digest, Path path, long size, String origin) {}
