package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.image.OciDocuments.Descriptor;
import io.github.prosodyoci.image.registry.ImageRepository;
import io.github.prosodyoci.image.registry.RegistryConnector;
import io.github.prosodyoci.image.registry.RegistryConnector.Target;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Pushes the image of an archive to a registry, byte for byte. */
public final class ImagePusher {

  private static final Pattern LOOPBACK =
      Pattern.compile("(localhost|127(\\.[0-9]{1,3}){3})(:[0-9]+)?");

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
    try {
      ArchiveReader archive = new ArchiveReader(request.archive());
      List<ImageName> names = names(request);
      requireDigest(request, archive.digest());
      Optional<RegistryLogin> login =
          request.login() != null ? Optional.of(request.login()) : credentials.find(name, debug);
      debug.accept("Login: " + login.map(RegistryLogin::toString).orElse("none"));
      Target target =
          new Target(
              name.registry(),
              name.repository(),
              login.map(RegistryLogin::credentials),
              request.tokenHost(),
              request.allowInsecure() || LOOPBACK.matcher(name.registry()).matches());
      try {
        push(archive, names, connector.connect(target));
      } catch (IOException e) {
        throw new PushFailure(name, login).of(e);
      }
      return new PushResult(archive.digest(), names);
    } catch (IOException e) {
      throw FileFailures.of("read", "the image archive", request.archive(), e);
    }
  }

  private static void requireDigest(PushRequest request, Digest found) {
    if (!found.equals(request.digest())) {
      throw Failure.of(
              ImageCode.IMAGE_MISMATCH,
              "push",
              request.name().text(),
              request.archive() + " holds the image " + found)
          .expecting(request.digest().toString())
          .toException();
    }
  }

  private static List<ImageName> names(PushRequest request) {
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
        throw Failure.of(ImageCode.TAG_MISMATCH, "push", name.text(), "the registry shows " + found)
            .expecting(archive.digest().toString())
            .toException();
      }
      progress.accept("Tagged " + name.repositoryText() + ":" + name.tag());
    }
  }
}
