package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Platform;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What index was made, as it is written to {@code index.json}.
 *
 * @param name the name that the image has once it is loaded
 * @param version the version that the annotations of all its images state, if they do
 * @param digest the digest of the index, as a registry shows it
 * @param archive the path of the archive, relative to the report
 * @param archiveDigest the digest of the archive file
 * @param size the sum of all configurations and compressed layers in bytes, each counted once
 * @param inputs the digest of all that archive and report were made of, the code included
 * @param images the image of each platform
 */
public record IndexReport(
    String name,
    @Nullable String version,
    Digest digest,
    String archive,
    Digest archiveDigest,
    long size,
    Digest inputs,
    List<Entry> images) {

  /** Copies the list. */
  public IndexReport {
    images = List.copyOf(images);
  }

  /**
   * The image of one platform.
   *
   * @param platform the platform that its programs run on
   * @param digest the digest of its manifest
   * @param configDigest the digest of its configuration, which Docker calls the image ID
   * @param size the sum of its configuration and compressed layers in bytes
   */
  public record Entry(Platform platform, Digest digest, Digest configDigest, long size) {}
}
