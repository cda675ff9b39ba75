package io.github.prosodyoci.image;

import com.google.cloud.tools.jib.api.Credential;
import com.google.cloud.tools.jib.api.DescriptorDigest;
import com.google.cloud.tools.jib.api.LogEvent;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.blob.Blob;
import com.google.cloud.tools.jib.blob.Blobs;
import com.google.cloud.tools.jib.event.EventHandlers;
import com.google.cloud.tools.jib.http.FailoverHttpClient;
import com.google.cloud.tools.jib.registry.RegistryClient;
import io.github.prosodyoci.archive.Digest;
import io.github.prosodyoci.image.OciDocuments.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.DigestException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Pushes the image of an archive to a registry, byte for byte, by means of Jib's client. */
public final class ImagePusher {

  private final DockerCredentials credentials;
  private final String userAgent;
  private final Consumer<String> progress;
  private final Consumer<String> debug;

  /**
   * Creates a pusher.
   *
   * @param credentials finds the login if a request has none
   * @param userAgent what to call ourselves to the registry
   * @param progress takes a line for each blob and for each tag
   * @param debug takes what only matters if something goes wrong
   */
  public ImagePusher(
      DockerCredentials credentials,
      String userAgent,
      Consumer<String> progress,
      Consumer<String> debug) {
    this.credentials = credentials;
    this.userAgent = userAgent;
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
   * @param allowInsecure whether plain HTTP and unverified TLS will do; for a registry on the
   *     loopback interface they always do
   */
  public record Request(
      Path archive,
      Digest digest,
      ImageName name,
      List<String> moreTags,
      @Nullable RegistryLogin login,
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
      boolean insecure = request.allowInsecure() || RegistryCheck.isLoopback(name.registry());
      if (!insecure) {
        RegistryCheck.requireVerifiedTls(name);
      }
      Optional<RegistryLogin> login =
          request.login() != null ? Optional.of(request.login()) : credentials.find(name, debug);
      debug.accept("Login: " + login.map(RegistryLogin::toString).orElse("none"));
      FailoverHttpClient http =
          new FailoverHttpClient(insecure, insecure, event -> debug.accept(JibLog.text(event)));
      try {
        push(archive, names, client(http, name, login));
      } catch (IOException | RegistryException e) {
        throw RegistryCheck.explain(name, login, e);
      } finally {
        http.shutDown();
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

  private RegistryClient client(
      FailoverHttpClient http, ImageName name, Optional<RegistryLogin> login)
      throws IOException, RegistryException {
    EventHandlers handlers =
        EventHandlers.builder()
            .add(LogEvent.class, event -> debug.accept(JibLog.text(event)))
            .build();
    RegistryClient client =
        RegistryClient.factory(handlers, name.registry(), name.repository(), http)
            .setCredential(login.map(l -> Credential.from(l.username(), l.password())).orElse(null))
            .setUserAgent(userAgent)
            .newRegistryClient();
    if (!client.doPushBearerAuth() && login.isPresent()) {
      client.configureBasicAuth();
    }
    return client;
  }

  private void push(ArchiveReader archive, List<ImageName> names, RegistryClient client)
      throws IOException, RegistryException {
    String repository = names.get(0).repositoryText();
    int number = 0;
    for (Descriptor blob : archive.blobs()) {
      number++;
      DescriptorDigest digest = jib(blob.digest());
      boolean there = client.checkBlob(digest).isPresent();
      if (!there) {
        client.pushBlob(digest, content(archive, blob), null, bytes -> {});
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
      client.pushManifest(new RawManifest(archive.manifest()), name.tag());
      Digest found = Digest.parse(client.pullManifest(name.tag()).getDigest().toString());
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
      progress.accept("Tagged " + repository + ":" + name.tag());
    }
  }

  private static Blob content(ArchiveReader archive, Descriptor blob) {
    return Blobs.from(
        out -> {
          try (InputStream in = archive.open(blob)) {
            in.transferTo(out);
          }
        },
        true);
  }

  private static DescriptorDigest jib(Digest digest) {
    try {
      return DescriptorDigest.fromHash(digest.hex());
    } catch (DigestException e) {
      throw new IllegalStateException("Jib takes every SHA-256 digest", e);
    }
  }
}
