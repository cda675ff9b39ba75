package io.github.prosodyoci.image.registry;

import io.github.prosodyoci.core.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Map;

/** One repository of a registry (OCI distribution specification 1.1). */
public final class ImageRepository {

  /** The slowest upload that is waited for, in bytes a second. */
  private static final long SLOWEST = 16 << 10;

  private static final Duration LEAST_TIME = Duration.ofSeconds(60);

  private final RegistryConnection connection;
  private final String path;

  ImageRepository(RegistryConnection connection, String repository) {
    this.connection = connection;
    this.path = "/v2/" + repository;
  }

  /** The content of a blob, opened anew for each time that it is sent. */
  @FunctionalInterface
  public interface Content {
    /**
     * Opens the content.
     *
     * @throws IOException if it cannot be read
     */
    InputStream open() throws IOException;
  }

  /**
   * Returns whether the repository has a blob.
   *
   * @throws RegistryException if the registry answers with anything but yes or no
   * @throws IOException if it does not answer
   */
  public boolean hasBlob(Digest digest) throws IOException {
    RegistryResponse response = ask("HEAD", "/blobs/" + digest, Map.of());
    if (response.status() == 404) {
      return false;
    }
    require(response, 200);
    return true;
  }

  /**
   * Uploads a blob ("Pushing a blob monolithically", {@code POST} then {@code PUT}).
   *
   * @param size its size in bytes
   * @throws RegistryException if the registry refuses it
   * @throws IOException if the registry does not answer, or the content cannot be read
   */
  public void pushBlob(Digest digest, long size, Content content) throws IOException {
    RegistryResponse started = require(ask("POST", "/blobs/uploads/", Map.of()), 202);
    URI location = connection.location(started);
    URI upload =
        URI.create(location + (location.getRawQuery() == null ? "?" : "&") + "digest=" + digest);
    RegistryRequest request =
        new RegistryRequest(
            "PUT",
            upload,
            Map.of("Content-Type", "application/octet-stream"),
            () ->
                size == 0
                    ? BodyPublishers.noBody()
                    : BodyPublishers.fromPublisher(
                        BodyPublishers.ofInputStream(() -> open(content)), size),
            LEAST_TIME.plusSeconds(size / SLOWEST));
    require(connection.send(request), 201);
  }

  private RegistryResponse ask(String method, String below, Map<String, String> headers)
      throws IOException {
    return connection.send(RegistryRequest.of(method, connection.resolve(path + below), headers));
  }

  private static RegistryResponse require(RegistryResponse response, int status)
      throws RegistryException {
    if (response.status() != status) {
      throw RegistryException.unexpected(response);
    }
    return response;
  }

  private static InputStream open(Content content) {
    try {
      return content.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Stores a manifest under a tag, byte for byte.
   *
   * @throws RegistryException if the registry refuses it
   * @throws IOException if it does not answer
   */
  public void pushManifest(String tag, String mediaType, byte[] manifest) throws IOException {
    URI address = connection.resolve(path + "/manifests/" + tag);
    require(connection.send(RegistryRequest.of("PUT", address, mediaType, manifest)), 201);
  }

  /**
   * Returns the digest of the manifest that a tag names, computed from the manifest itself.
   *
   * @throws RegistryException if there is none
   * @throws IOException if the registry does not answer
   */
  public Digest manifestDigest(String tag, String mediaType) throws IOException {
    RegistryResponse response = ask("GET", "/manifests/" + tag, Map.of("Accept", mediaType));
    return Digest.of(require(response, 200).body());
  }
}
