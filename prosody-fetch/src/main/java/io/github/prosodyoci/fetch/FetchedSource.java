package io.github.prosodyoci.fetch;

import io.github.prosodyoci.recipe.Source;
import java.nio.file.Path;

/**
 * A file that lies in the store, with the digest that was asked for.
 *
 * @param source what was asked for
 * @param path where it lies; not to be changed
 * @param size its size in bytes
 * @param origin the address that it came from when it was first fetched; {@code store} if that is
 *     not known
 */
public record FetchedSource(Source source, Path path, long size, String origin) {}
