package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.archive.Layer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was made, as it is written to {@code image.json}.
 *
 * @param name the name that the image has once it is loaded
 * @param version the version that the image's annotations state, if they do
 * @param platform the platform that its programs run on
 * @param digest the digest of the manifest: the image digest, as a registry shows it
 * @param configDigest the digest of the configuration, which Docker calls the image ID
 * @param archive the path of the archive, relative to the report
 * @param archiveDigest the digest of the archive file
 * @param size the sum of configuration and compressed layers in bytes
 * @param inputs the digest of all that archive and report were made of, the code included
 * @param base the image that the layers were put on, if there is one
 * @param layers its own layers, the lowest first; their paths are relative to the report
 */
public record ImageReport(
    String name,
    @Nullable String version,
    Platform platform,
    Digest digest,
    Digest configDigest,
    String archive,
    Digest archiveDigest,
    long size,
    Digest inputs,
    @Nullable Base base,
    List<Layer> layers) {

  /** Copies the list. */
  public ImageReport {
    layers = List.copyOf(layers);
  }

  /**
   * The image that another one was built on.
   *
   * @param name its name in a registry, if it is from one
   * @param digest the digest of its manifest
   * @param layers the digests of its layers, the lowest first
   */
  public record Base(@Nullable String name, Digest digest, List<Digest> layers) {

    /** Copies the list. */
    public Base {
      layers = List.copyOf(layers);
    }
  }
}
