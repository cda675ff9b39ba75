package io.github.prosodyoci.image;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.registry.RegistryConnector;
import io.github.prosodyoci.image.transfer.BlobStore;
import io.github.prosodyoci.image.transfer.ImageSource;
import io.github.prosodyoci.image.transfer.LayoutSource;
import io.github.prosodyoci.image.transfer.RegistrySource;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Gets the image that another one is built on: from a registry, a layout or an archive. */
public final class BasePuller {

  private final Registries registries;
  private final Consumer<String> progress;

  /**
   * Creates a puller.
   *
   * @param credentials finds the login if a request has none
   * @param connector connects to registries
   * @param progress takes a line for each blob that is pulled
   * @param debug takes what only matters if something goes wrong
   */
  public BasePuller(
      DockerCredentials credentials,
      RegistryConnector connector,
      Consumer<String> progress,
      Consumer<String> debug) {
    this.registries = new Registries(credentials, connector, debug);
    this.progress = progress;
  }

  /**
   * Returns the image for a platform. From a registry it is pulled into the cache, unless it is
   * there; every byte is checked against its digest.
   *
   * @throws FailureException with {@code CONFIGURATION} if an image in a registry is not pinned by
   *     its digest; with {@code IMAGE_NOT_FOUND} if there is none, or it is not in the cache of an
   *     offline build; with {@code PLATFORM_MISMATCH} if there is none for the platform; with
   *     {@code DIGEST_MISMATCH} or {@code ARCHIVE_DAMAGED} if it is not what its digest says; with
   *     another {@link ImageCode} if the registry cannot be reached or refuses
   */
  public BaseImage pull(BaseRequest request) {
    try {
      return switch (request.location().kind()) {
        case REGISTRY -> pulled(request);
        case LAYOUT -> local(request, LayoutSource.folder(request.location().path()));
        case ARCHIVE -> local(request, LayoutSource.archive(request.location().path()));
      };
    } catch (IOException e) {
      throw FileFailures.of("read", "the base image " + request.location(), request.cache(), e);
    }
  }

  private static BaseImage local(BaseRequest request, ImageSource source) throws IOException {
    ImageLocation location = request.location();
    Descriptor root = source.find(location.tag(), location.digest());
    PlatformImage image = PlatformImage.of(source, root, request.platform());
    for (Descriptor blob : image.references().blobs()) {
      source.check(blob);
    }
    return new BaseImage(Optional.empty(), source, image);
  }

  private BaseImage pulled(BaseRequest request) throws IOException {
    ImageLocation location = request.location();
    Digest digest = location.digest();
    if (digest == null) {
      throw Failure.of(
              CommonCode.CONFIGURATION,
              "use",
              "the base image " + location,
              "it is not pinned: another image could be there tomorrow")
          .expecting(location + "@sha256:…")
          .advising("Add the digest, as skopeo inspect shows it.")
          .toException();
    }
    BlobStore store = new BlobStore(request.cache());
    if (!isStored(store, digest, request)) {
      if (request.offline()) {
        throw Failure.of(
                ImageCode.IMAGE_NOT_FOUND,
                "use",
                "the base image " + location,
                store.thing() + " does not hold all of it, and Maven is offline")
            .advising("Build once without -o.")
            .toException();
      }
      pull(request, store, digest);
    }
    PlatformImage image = PlatformImage.of(store, store.find(null, digest), request.platform());
    ImageName name = location.name();
    String text =
        location.tag() == null
            ? name.fullText().substring(0, name.fullText().length() - name.tag().length() - 1)
                + "@"
                + digest
            : name.fullText();
    return new BaseImage(Optional.of(text), store, image);
  }

  private static boolean isStored(BlobStore store, Digest digest, BaseRequest request)
      throws IOException {
    try {
      if (!store.has(digest)) {
        return false;
      }
      PlatformImage image = PlatformImage.of(store, store.find(null, digest), request.platform());
      for (Descriptor blob : image.references().blobs()) {
        if (!store.has(blob.digest())) {
          return false;
        }
      }
      return true;
    } catch (FailureException e) {
      if (e.failureCode() == ImageCode.IMAGE_NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  private void pull(BaseRequest request, BlobStore store, Digest digest) {
    ImageLocation location = request.location();
    registries.useLong(
        "pull",
        location.name(),
        request.access(),
        List.of(),
        (repository, failure) -> {
          RegistrySource source = new RegistrySource(repository, location.place(), failure);
          Descriptor root = source.find(null, digest);
          PlatformImage image = PlatformImage.of(source, root, request.platform());
          for (Descriptor blob : image.references().blobs()) {
            store.put(source, blob);
            progress.accept("Pulled " + blob.digest() + ", " + blob.size() + " bytes");
          }
          store.put(source.document(image.manifest()));
          store.put(source.document(root));
          return image;
        });
  }
}
