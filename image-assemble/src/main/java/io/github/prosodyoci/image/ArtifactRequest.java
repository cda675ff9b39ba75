package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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

    private final Descriptor descriptor;
    private final Opener content;

    /** Opens a content. */
    @FunctionalInterface
    private interface Opener {
      InputStream open() throws IOException;
    }

    private Part(Descriptor descriptor, Opener content, Map<String, String> annotations) {
      this.descriptor = descriptor.with(annotations.isEmpty() ? null : new TreeMap<>(annotations));
      this.content = content;
    }

    /**
     * Returns a content.
     *
     * @param annotations annotations of it, such as {@code org.opencontainers.image.title}
     */
    public static Part of(String mediaType, byte[] bytes, Map<String, String> annotations) {
      byte[] copy = bytes.clone();
      return new Part(
          Descriptor.of(mediaType, copy), () -> new ByteArrayInputStream(copy), annotations);
    }

    /**
     * Returns the content of a file, which is read again when it is pushed.
     *
     * @param annotations annotations of it
     * @throws IOException if the file cannot be read
     */
    public static Part of(String mediaType, Path file, Map<String, String> annotations)
        throws IOException {
      return new Part(
          Descriptor.of(mediaType, Digest.of(file), Files.size(file)),
          () -> Files.newInputStream(file),
          annotations);
    }

    Descriptor descriptor() {
      return descriptor;
    }

    InputStream open() throws IOException {
      return content.open();
    }
  }
}
