package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.image.OciDocuments.Descriptor;
import io.github.prosodyoci.image.registry.ImageRepository;
import io.github.prosodyoci.image.registry.RegistryConnector;
import io.github.prosodyoci.image.registry.RegistryConnector.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Pushes the image of an archive to a registry, byte for byte. */
public final class ImagePusher {

  private final DockerCredentials credentials;
  private final RegistryConnector connector;
  private final Consumer<String> progress;
  private final Consumer<String> debug;

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
    this.credentials = credentials;
    this.connector = connector;
    this.progress = progress;
    this.debug = debug;
  }

  /**
   * What to push, and where.
   *
   * @param archive the archive of one image, as {@link ImageArchive} writes it
   * @param digest the image digest that the archive must have
   * @param name the name that the image gets
   * @param moreTags further tags of the same repository
   * @param login the user of the registry; null to look where Docker keeps it
   * @param tokenHost a host outside of the registry's domain whose token service may be given the
   *     login
   * @param allowInsecure whether plain HTTP and unverified TLS will do; for a registry on the
   *     loopback interface they always do
   */
  public record Request(
      Path archive,
      Digest digest,
      ImageName name,
      List<String> moreTags,
      @Nullable RegistryLogin login,
      @Nullable String tokenHost,
      boolean allowInsecure) {

    /** Copies the list. */
    public Request {
      moreTags = List.copyOf(moreTags);
    }
  }

  /**
   * Pushes an image and returns its digest, which the registry has confirmed. Nothing is sent
   * unless the whole archive is sound; blobs that the registry has are not sent again; the tags
   * come last.
   *
   * @throws ImageException if the archive is damaged or of another image, or the registry cannot be
   *     reached, refuses the login or the image, or shows another digest afterwards
   * @throws IOException if the archive cannot be read
   */
  public Digest push(Request request) throws IOException {
    try (ArchiveReader archive = new ArchiveReader(request.archive())) {
      List<ImageName> names = names(request);
      requireDigest(request, archive.digest());
      ImageName name = request.name();
      boolean insecure = request.allowInsecure() || PushFailure.isLoopback(name.registry());
      Optional<RegistryLogin> login =
          request.login() != null ? Optional.of(request.login()) : credentials.find(name, debug);
      debug.accept("Login: " + login.map(RegistryLogin::toString).orElse("none"));
      try {
        push(
            archive,
            names,
            connector.connect(
                new Target(
                    name.registry(),
                    name.repository(),
                    login.map(RegistryLogin::credentials),
                    request.tokenHost(),
                    insecure)));
      } catch (IOException e) {
        throw PushFailure.explain(name, login, e);
      }
      return archive.digest();
    }
  }

  private static void requireDigest(Request request, Digest found) {
    if (!found.equals(request.digest())) {
      throw new ImageException(
          "Could not push "
              + request.name()
              + ": expected the image "
              + request.digest()
              + " but found "
              + found
              + " in "
              + request.archive()
              + ". Make the image again: mvn clean deploy");
    }
  }

  private static List<ImageName> names(Request request) {
    ImageName name = request.name();
    String untagged = name.text().substring(0, name.text().length() - name.tag().length() - 1);
    List<ImageName> names = new ArrayList<>(List.of(name));
    request.moreTags().forEach(tag -> names.add(ImageName.parse(untagged + ":" + tag)));
    return names;
  }

  private void push(ArchiveReader archive, List<ImageName> names, ImageRepository repository)
      throws IOException {
    int number = 0;
    for (Descriptor blob : archive.blobs()) {
      number++;
      boolean there = repository.hasBlob(blob.digest());
      if (!there) {
        repository.pushBlob(blob.digest(), blob.size(), () -> archive.open(blob));
      }
      progress.accept(
          String.format(
              Locale.ROOT,
              "%s %d/%d %s, %d bytes",
              there ? "Already there" : "Pushed",
              number,
              archive.blobs().size(),
              blob.digest(),
              blob.size()));
    }
    for (ImageName name : names) {
      repository.pushManifest(name.tag(), OciDocuments.MANIFEST_TYPE, archive.manifest());
      Digest found = repository.manifestDigest(name.tag(), OciDocuments.MANIFEST_TYPE);
      if (!found.equals(archive.digest())) {
        throw new ImageException(
            "Could not push "
                + name
                + ": expected the registry to show "
                + archive.digest()
                + " but found "
                + found
                + ". Somebody else may have pushed the tag meanwhile; push again");
      }
      progress.accept("Tagged " + name.repositoryText() + ":" + name.tag());
    }
  }
}
