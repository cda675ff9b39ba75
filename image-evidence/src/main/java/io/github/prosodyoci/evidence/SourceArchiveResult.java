package io.github.prosodyoci.evidence;

import io.github.prosodyoci.core.Digest;
import java.nio.file.Path;

/**
 * An archive of sources.
 *
 * @param archive the archive
 * @param digest its digest
 * @param size its size in bytes
 * @param files how many files are in it
 */
public record SourceArchiveResult(Path archive, Digest digest, long size, int files) {}
