package io.github.prosodyoci.image;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.registry.RegistryConnector;
import io.github.prosodyoci.image.transfer.ArchiveTarget;
import io.github.prosodyoci.image.transfer.ImageSource;
import io.github.prosodyoci.image.transfer.ImageTarget;
import io.github.prosodyoci.image.transfer.ImageTree;
import io.github.prosodyoci.image.transfer.LayoutSource;
import io.github.prosodyoci.image.transfer.LayoutTarget;
import io.github.prosodyoci.image.transfer.Layouts;
import io.github.prosodyoci.image.transfer.RegistrySource;
import io.github.prosodyoci.image.transfer.RegistryTarget;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Copies images between registries, layouts and archives: all platforms, and all that names them as
 * its subject, byte for byte.
 */
public final class ImageCopier {

  private final Registries registries;
  private final Consumer<String> progress;

  /**
   * Creates a copier.
   *
   * @param credentials finds the logins that a request does not have
   * @param connector connects to registries
   * @param progress takes a line for each blob that is pushed, and for the tag
   * @param debug takes what only matters if something goes wrong
   */
  public ImageCopier(
      DockerCredentials credentials,
      RegistryConnector connector,
      Consumer<String> progress,
      Consumer<String> debug) {
    this.registries = new Registries(credentials, connector, debug);
    this.progress = progress;
  }

  /**
   * Copies an image. A tag, {@code index.json} or the archive itself comes last: what is
   * interrupted leaves nothing that looks whole.
   *
   * @throws FailureException with {@code CONFIGURATION} if the target is pinned by a digest; with
   *     {@code IMAGE_NOT_FOUND} if there is no such image; with {@code ARCHIVE_DAMAGED} or {@code
   *     DIGEST_MISMATCH} if it is not what its digests say; with another {@link ImageCode} if a
   *     registry cannot be reached or refuses; with a {@code CommonCode} if a file cannot be read
   *     or written
   */
  public CopyResult copy(CopyRequest request) {
    if (request.to().digest() != null) {
      throw Failure.of(
              CommonCode.CONFIGURATION,
              "copy",
              "to " + request.to(),
              "the target has a digest; the copy has that of " + request.from())
          .advising("Leave it out.")
          .toException();
    }
    ImageLocation from = request.from();
    return switch (from.kind()) {
      case LAYOUT -> copyFile(request, () -> LayoutSource.folder(from.path()));
      case ARCHIVE -> copyFile(request, () -> LayoutSource.archive(from.path()));
      case REGISTRY ->
          registries.useLong(
              "pull",
              from.name(),
              request.fromAccess(),
              List.of(),
              (repository, failure) ->
                  copy(request, new RegistrySource(repository, from.place(), failure)));
    };
  }

  /** Opens a source. */
  @FunctionalInterface
  private interface Opener {
    ImageSource open() throws IOException;
  }

  private CopyResult copyFile(CopyRequest request, Opener source) {
    try {
      return copy(request, source.open());
    } catch (IOException e) {
      throw FileFailures.of("copy", request.from().toString(), request.from().path(), e);
    }
  }

  private CopyResult copy(CopyRequest request, ImageSource source) throws IOException {
    Descriptor root = source.find(request.from().tag(), request.from().digest());
    ImageTree image = ImageTree.read(source, root).withReferrers();
    image.check();
    switch (request.to().kind()) {
      case LAYOUT ->
          store(request, image, new LayoutTarget(request.to().path()), layoutTags(request));
      case ARCHIVE -> store(request, image, archive(request, root), List.of(""));
      case REGISTRY -> push(request, image);
    }
    return new CopyResult(
        root.digest(),
        image.nodes().size(),
        image.referrers().size(),
        image.blobs().size(),
        image.size());
  }

  private static List<String> layoutTags(CopyRequest request) {
    String tag = request.to().tag();
    return tag == null ? List.of() : List.of(tag);
  }

  /** An archive has one image, which is called what it was called, unless the target has a tag. */
  private static ImageTarget archive(CopyRequest request, Descriptor root) {
    ImageLocation from = request.from();
    String tag = request.to().tag();
    Map<String, String> stated = root.annotations() == null ? Map.of() : root.annotations();
    Map<String, String> names =
        tag != null
            ? Map.of(Layouts.REF_NAME, tag)
            : from.kind() == ImageLocation.Kind.REGISTRY && from.digest() == null
                ? from.name().annotations()
                : stated;
    return new ArchiveTarget(request.to().path(), Platform.LINUX_AMD64, 0, any -> names);
  }

  private static void store(
      CopyRequest request, ImageTree image, ImageTarget target, List<String> tags) {
    Path path = request.to().path();
    try {
      target.store(image, tags);
    } catch (IOException e) {
      throw FileFailures.of("write", request.to().toString(), path, e);
    }
  }

  private void push(CopyRequest request, ImageTree image) {
    ImageName to = request.to().name();
    ImageLocation from = request.from();
    boolean sameRegistry =
        from.kind() == ImageLocation.Kind.REGISTRY
            && from.name().registry().equals(to.registry())
            && !from.name().repository().equals(to.repository());
    registries.useLong(
        "push",
        to,
        request.toAccess(),
        sameRegistry ? List.of(from.name().repository()) : List.of(),
        (repository, failure) -> {
          new RegistryTarget(repository, to.repositoryText(), progress)
              .store(image, List.of(to.tag()));
          return image;
        });
  }
}
