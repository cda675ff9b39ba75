package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Digest;
import java.util.List;
import java.util.Map;

/**
 * What to add to an image in a registry: a signature, an SBOM or the like (manifest.md, "Guidelines
 * for Artifact Usage").
 *
 * @param repository the repository that has the image; its tag does not count
 * @param subject the digest of the image, of its index, or of another artifact
 * @param artifactType what the artifact is, as a media type
 * @param parts its contents
 * @param annotations annotations of the artifact, which lists of referrers show
 * @param access how the registry may be spoken to
 */
public record ArtifactRequest(
    ImageName repository,
    Digest subject,
    String artifactType,
    List<Part> parts,
    Map<String, String> annotations,
    RegistryAccess access) {

  /** Copies list and map. */
  public ArtifactRequest {
    parts = List.copyOf(parts);
    annotations = Map.copyOf(annotations);
  }

  /** One content of an artifact. */
  public static final class Part {

    private final String mediaType;
    private final byte[] bytes;
    private final Map<String, String> annotations;

    private Part(String mediaType, byte[] bytes, Map<String, String> annotations) {
      this.mediaType = mediaType;
      this.bytes = bytes;
      this.annotations = annotations;
    }

    /**
     * Returns a content.
     *
     * @param annotations annotations of it, such as {@code org.opencontainers.image.title}
     */
    public static Part of(String mediaType, byte[] bytes, Map<String, String> annotations) {
      return new Part(mediaType, bytes.clone(), Map.copyOf(annotations));
    }

    String mediaType() {
      return mediaType;
    }

    byte[] bytes() {
      return bytes.clone();
    }

    Map<String, String> annotations() {
      return annotations;
    }
  }
}
