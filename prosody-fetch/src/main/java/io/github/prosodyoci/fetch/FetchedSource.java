package io.github.prosodyoci.fetch;

import io.github.prosodyoci.recipe.Source;
import java.nio.file.Path;

/**
 * A file in the store.
 *
 * @param source what was requested
 * @param path where it is; not to be changed
 * @param size its size in bytes
 * @param origin the address that it came from when it was first fetched; {@code store} if that is
 *     not known
 */
public record FetchedSource(Source source, Path path, long size, String origin) {}
