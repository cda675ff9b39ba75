package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.image.registry.RegistryConnector;
import io.github.prosodyoci.image.transfer.ImageTree;
import io.github.prosodyoci.image.transfer.LayoutSource;
import io.github.prosodyoci.image.transfer.RegistryTarget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Pushes the image of an archive, for one platform or for several, to a registry, byte for byte.
 */
public final class ImagePusher {

  private static final String BASE_NAME = "org.opencontainers.image.base.name";

  private final Registries registries;
  private final Consumer<String> progress;

  /**
   * Creates a pusher.
   *
   * @param credentials finds the login if a request has none
   * @param connector connects to registries
   * @param progress takes a line for each blob and for each tag
   * @param debug takes what only matters if something goes wrong
   */
  public ImagePusher(
      DockerCredentials credentials,
      RegistryConnector connector,
      Consumer<String> progress,
      Consumer<String> debug) {
    this.registries = new Registries(credentials, connector, debug);
    this.progress = progress;
  }

  /**
   * Pushes an image. Nothing is sent unless the whole archive is sound; blobs that the registry has
   * are not sent again; the tags come last.
   *
   * @throws FailureException with an {@link ImageCode} if the archive is damaged or of another
   *     image, or the registry cannot be reached, refuses the login or the image, or shows another
   *     digest afterwards; with a {@code CommonCode} if the archive cannot be read, or the thread
   *     is interrupted. Its cause is the {@link
   *     io.github.prosodyoci.image.registry.RegistryException} if the registry has answered.
   */
  public PushResult push(PushRequest request) {
    ImageName name = request.name();
    ImageTree image = read(request);
    List<ImageName> names = new ArrayList<>(List.of(name));
    request.moreTags().forEach(tag -> names.add(name.withTag(tag)));
    RegistryAccess access =
        new RegistryAccess(request.login(), request.tokenHost(), request.allowInsecure());
    return registries.use(
        "push",
        name,
        access,
        mountable(image, name),
        repository -> {
          new RegistryTarget(repository, name.repositoryText(), progress)
              .store(image, names.stream().map(ImageName::tag).distinct().toList());
          return new PushResult(image.root().digest(), names);
        });
  }

  private static ImageTree read(PushRequest request) {
    try {
      LayoutSource archive = LayoutSource.archive(request.archive());
      ImageTree image = ImageTree.read(archive, archive.find(null, null));
      Digest found = image.root().digest();
      if (!found.equals(request.digest())) {
        throw Failure.of(
                ImageCode.IMAGE_MISMATCH,
                "push",
                request.name().text(),
                request.archive() + " holds the image " + found)
            .expecting(request.digest().toString())
            .toException();
      }
      image.check();
      return image;
    } catch (IOException e) {
      throw FileFailures.of("read", "the image archive", request.archive(), e);
    }
  }

  /** Returns where the registry may have layers of the image already: its bases' repositories. */
  private static List<String> mountable(ImageTree image, ImageName name) {
    return image.nodes().stream()
        .flatMap(node -> Stream.ofNullable(node.references().annotations().get(BASE_NAME)))
        .distinct()
        .flatMap(base -> ImageName.ofBase(base).stream())
        .filter(base -> base.registry().equals(name.registry()))
        .map(ImageName::repository)
        .filter(repository -> !repository.equals(name.repository()))
        .distinct()
        .sorted()
        .toList();
  }
}
