package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.image.oci.ArtifactManifest;
import io.github.prosodyoci.image.oci.OciDocuments;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.registry.ImageRepository;
import io.github.prosodyoci.image.registry.ImageRepository.Stored;
import io.github.prosodyoci.image.registry.RegistryConnector;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Adds an artifact to an image in a registry, where those who look for its referrers find it. */
public final class ArtifactPusher {

  private final Registries registries;
  private final Consumer<String> progress;

  /**
   * Creates a pusher.
   *
   * @param credentials finds the login if a request has none
   * @param connector connects to registries
   * @param progress takes a line for each artifact
   * @param debug takes what only matters if something goes wrong
   */
  public ArtifactPusher(
      DockerCredentials credentials,
      RegistryConnector connector,
      Consumer<String> progress,
      Consumer<String> debug) {
    this.registries = new Registries(credentials, connector, debug);
    this.progress = progress;
  }

  /**
   * Pushes an artifact: its contents, then its manifest, then, if the registry does not list
   * referrers by itself, the tag that does. The same request gives the same manifest.
   *
   * @throws FailureException with {@code IMAGE_NOT_FOUND} if the registry does not have the
   *     subject; with another {@link ImageCode} if it cannot be reached, or refuses
   */
  public ArtifactResult push(ArtifactRequest request) {
    return registries.use(
        "push",
        request.repository(),
        request.access(),
        List.of(),
        repository -> push(request, repository));
  }

  private ArtifactResult push(ArtifactRequest request, ImageRepository repository)
      throws IOException {
    Optional<Stored> subject = repository.manifest(request.subject().toString());
    if (subject.isEmpty() || !subject.get().descriptor().digest().equals(request.subject())) {
      throw Failure.of(
              ImageCode.IMAGE_NOT_FOUND,
              "push",
              "an artifact of " + request.subject(),
              request.repository().repositoryText() + " has no such image")
          .advising("Push the image first.")
          .toException();
    }
    List<Descriptor> parts = new ArrayList<>();
    for (ArtifactRequest.Part part : request.parts()) {
      Descriptor blob = part.descriptor();
      repository.pushBlob(blob.digest(), blob.size(), part::open);
      parts.add(blob);
    }
    byte[] empty = OciDocuments.empty();
    repository.pushBlob(Digest.of(empty), empty.length, () -> new ByteArrayInputStream(empty));
    ArtifactManifest manifest =
        new ArtifactManifest(
            subject.get().descriptor(), request.artifactType(), parts, request.annotations());
    Descriptor descriptor = manifest.descriptor();
    repository.pushManifest(descriptor, manifest.json(), Optional.of(request.subject()));
    progress.accept(
        "Pushed "
            + request.artifactType()
            + " "
            + descriptor.digest()
            + " of "
            + request.subject());
    return new ArtifactResult(descriptor.digest());
  }
}
