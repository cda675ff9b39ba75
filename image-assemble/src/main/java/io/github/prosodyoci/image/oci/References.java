package io.github.prosodyoci.image.oci;

import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.oci.OciDocuments.Index;
import io.github.prosodyoci.image.oci.OciDocuments.Manifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a manifest or an index refers to.
 *
 * @param manifests the manifests of an index
 * @param blobs the layers of a manifest, the lowest first, and then its configuration
 * @param subject the manifest that it is an addition to
 * @param artifactType what kind of artifact it is, if it is one
 * @param annotations its annotations
 */
public record References(
    List<Descriptor> manifests,
    List<Descriptor> blobs,
    Optional<Descriptor> subject,
    Optional<String> artifactType,
    Map<String, String> annotations) {

  /** Copies lists and map. */
  public References {
    manifests = List.copyOf(manifests);
    blobs = List.copyOf(blobs);
    annotations = Map.copyOf(annotations);
  }

  /** What is read first: a document that two readers take for two different things is refused. */
  private record Shape(
      @Nullable String mediaType, @Nullable Object manifests, @Nullable Object layers) {}

  /**
   * Reads a manifest or an index.
   *
   * @param name what the document is called in an error message
   * @param mediaType what the descriptor that led here says it is
   * @throws IOException if it is something else
   */
  public static References of(String name, String mediaType, byte[] json) throws IOException {
    if (!OciDocuments.MANIFEST_TYPES.contains(mediaType)) {
      throw new IOException(name + " is of the type " + mediaType + ", which cannot be read");
    }
    Shape shape = Json.parse(name, json, Shape.class);
    if (shape.mediaType() != null && !shape.mediaType().equals(mediaType)) {
      throw new IOException(name + " calls itself " + shape.mediaType() + ", not " + mediaType);
    }
    if (shape.manifests() != null && shape.layers() != null) {
      throw new IOException(name + " could be an index or a manifest");
    }
    if (Descriptor.of(mediaType, json).leadsToIndex()) {
      Index index = Json.parse(name, json, Index.class);
      return new References(
          index.manifests(),
          List.of(),
          Optional.ofNullable(index.subject()),
          Optional.ofNullable(index.artifactType()),
          orEmpty(index.annotations()));
    }
    Manifest manifest = Json.parse(name, json, Manifest.class);
    List<Descriptor> blobs = new ArrayList<>(manifest.layers());
    blobs.add(manifest.config());
    return new References(
        List.of(),
        blobs,
        Optional.ofNullable(manifest.subject()),
        // The configuration's type says it where no field does (manifest.md, "artifactType").
        Optional.of(
            manifest.artifactType() == null
                ? manifest.config().mediaType()
                : manifest.artifactType()),
        orEmpty(manifest.annotations()));
  }

  /**
   * Returns what a document says it is, or what its fields show.
   *
   * @param name what the document is called in an error message
   * @throws IOException if it is not JSON
   */
  public static String mediaType(String name, byte[] json) throws IOException {
    Shape shape = Json.parse(name, json, Shape.class);
    if (shape.mediaType() != null) {
      return shape.mediaType();
    }
    return shape.manifests() != null ? OciDocuments.INDEX_TYPE : OciDocuments.MANIFEST_TYPE;
  }

  private static Map<String, String> orEmpty(@Nullable Map<String, String> map) {
    return map == null ? Map.of() : map;
  }

  /** Returns the configuration of a manifest; an index has none. */
  public Optional<Descriptor> config() {
    return blobs.isEmpty() ? Optional.empty() : Optional.of(blobs.get(blobs.size() - 1));
  }

  /** Returns the layers of a manifest, the lowest first. */
  public List<Descriptor> layers() {
    return blobs.isEmpty() ? List.of() : blobs.subList(0, blobs.size() - 1);
  }
}
