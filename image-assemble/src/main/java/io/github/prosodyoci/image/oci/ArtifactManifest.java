package io.github.prosodyoci.image.oci;

import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.oci.OciDocuments.Manifest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The manifest of an artifact that refers to an image (manifest.md, "Guidelines for Artifact
 * Usage"). The same artifact has the same manifest.
 */
public final class ArtifactManifest {

  private final byte[] json;
  private final Descriptor descriptor;

  /**
   * Makes a manifest.
   *
   * @param subject what points to the image
   * @param artifactType what the artifact is, as a media type
   * @param parts its contents; it has the empty configuration, which stands in for them if there
   *     are none
   * @param annotations its annotations, which lists of referrers show
   */
  public ArtifactManifest(
      Descriptor subject,
      String artifactType,
      List<Descriptor> parts,
      Map<String, String> annotations) {
    Descriptor config = Descriptor.of(OciDocuments.EMPTY_TYPE, OciDocuments.empty());
    @Nullable Map<String, String> sorted =
        annotations.isEmpty() ? null : new TreeMap<>(annotations);
    this.json =
        Json.compact(
            new Manifest(
                2,
                OciDocuments.MANIFEST_TYPE,
                artifactType,
                config,
                parts.isEmpty() ? List.of(config) : parts,
                subject,
                sorted));
    this.descriptor =
        Descriptor.of(OciDocuments.MANIFEST_TYPE, json).with(sorted).ofArtifact(artifactType);
  }

  /** Returns the document. */
  public byte[] json() {
    return json.clone();
  }

  /** Returns what points to it, as lists of referrers show it. */
  public Descriptor descriptor() {
    return descriptor;
  }
}
