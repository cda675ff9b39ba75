package io.github.prosodyoci.evidence.inventory;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Platform;
import java.time.Instant;

/**
 * The image that documents are about.
 *
 * @param name its short name, the last part of its repository, such as {@code prosody}
 * @param tag the tag that it is loaded with
 * @param version its version, such as {@code 13.0.1-r1}
 * @param platform what its programs run on
 * @param digest the digest of its manifest
 * @param created the one time that everything carries
 * @param supplier who makes it
 */
public record Subject(
    String name,
    String tag,
    String version,
    Platform platform,
    Digest digest,
    Instant created,
    String supplier) {}
