package io.github.prosodyoci.image;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.image.compare.ImageComparison;
import io.github.prosodyoci.image.compare.ImageComparison.Side;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.registry.RegistryConnector;
import io.github.prosodyoci.image.transfer.ImageSource;
import io.github.prosodyoci.image.transfer.LayoutSource;
import io.github.prosodyoci.image.transfer.RegistrySource;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Compares two images, wherever they are. */
public final class ImageComparer {

  private final Registries registries;

  /**
   * Creates a comparer.
   *
   * @param credentials finds the logins that a request does not have
   * @param connector connects to registries
   * @param debug takes what only matters if something goes wrong
   */
  public ImageComparer(
      DockerCredentials credentials, RegistryConnector connector, Consumer<String> debug) {
    this.registries = new Registries(credentials, connector, debug);
  }

  /** What is done with an image. */
  @FunctionalInterface
  private interface Use {
    CompareResult with(Side side) throws IOException;
  }

  /**
   * Returns in what two images differ.
   *
   * @throws FailureException with {@code IMAGE_NOT_FOUND} or {@code NO_ARCHIVE} if one of them is
   *     missing; with {@code PLATFORM_MISMATCH} if it is not for the platform; with {@code
   *     ARCHIVE_DAMAGED} or {@code DIGEST_MISMATCH} if it is not what its digests say; with another
   *     {@link ImageCode} if a registry cannot be reached or refuses; with a {@code CommonCode} if
   *     a file cannot be read
   */
  public CompareResult compare(CompareRequest request) {
    return open(
        request.first(),
        request.firstAccess(),
        request.platform(),
        first ->
            open(
                request.second(),
                request.secondAccess(),
                request.platform(),
                second ->
                    new CompareResult(
                        first.manifest().digest(),
                        second.manifest().digest(),
                        new ImageComparison(first, second).run())));
  }

  private CompareResult open(
      ImageLocation location, RegistryAccess access, @Nullable Platform platform, Use use) {
    if (location.kind() == ImageLocation.Kind.REGISTRY) {
      return registries.useLong(
          "pull",
          location.name(),
          access,
          List.of(),
          (repository, failure) ->
              use(
                  location,
                  platform,
                  new RegistrySource(repository, location.place(), failure),
                  use));
    }
    try {
      return use(
          location,
          platform,
          location.kind() == ImageLocation.Kind.ARCHIVE
              ? LayoutSource.archive(location.path())
              : LayoutSource.folder(location.path()),
          use);
    } catch (IOException e) {
      throw FileFailures.of("compare", location.toString(), location.path(), e);
    }
  }

  private static CompareResult use(
      ImageLocation location, @Nullable Platform platform, ImageSource source, Use use)
      throws IOException {
    Descriptor root = source.find(location.tag(), location.digest());
    Descriptor manifest =
        platform == null ? root : PlatformImage.of(source, root, platform).manifest();
    return use.with(new Side(source, manifest));
  }
}
