package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Platform;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * All of an image but its layers.
 *
 * @param name the name that the image has once it is loaded
 * @param platform the platform that its programs run on
 * @param created the time that the image carries
 * @param config how a container of it runs
 * @param annotations annotations of its manifest (OCI annotations.md)
 */
public record ImageDescription(
    ImageName name,
    Platform platform,
    Instant created,
    ContainerConfig config,
    Map<String, String> annotations) {

  /** The annotation that states an image's version (annotations.md). */
  public static final String VERSION = "org.opencontainers.image.version";

  /** Sorts the annotations. */
  public ImageDescription {
    annotations = Collections.unmodifiableSortedMap(new TreeMap<>(annotations));
  }
}
