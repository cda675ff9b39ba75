package io.github.prosodyoci.image.registry;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.image.oci.OciDocuments;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.oci.OciDocuments.Index;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One repository of a registry (OCI distribution specification 1.1). Several threads may use it.
 */
public final class ImageRepository {

  private static final String MANIFEST_TYPES = String.join(", ", OciDocuments.MANIFEST_TYPES);

  private final RegistryConnection connection;
  private final String path;
  private final List<String> others;
  private final long chunk;

  ImageRepository(
      RegistryConnection connection, String repository, List<String> others, long chunk) {
    this.connection = connection;
    this.path = "/v2/" + repository;
    this.others = List.copyOf(others);
    this.chunk = chunk;
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

  /** How a blob got into a repository. */
  public enum Pushed {
    /** It was sent. */
    SENT,
    /** The registry took it from another repository. */
    MOUNTED,
    /** It was there. */
    PRESENT
  }

  /** A manifest or an index in a registry. */
  public static final class Stored {

    private final String mediaType;
    private final byte[] json;

    Stored(String mediaType, byte[] json) {
      this.mediaType = mediaType;
      this.json = json;
    }

    /** Returns what the registry says it is. */
    public String mediaType() {
      return mediaType;
    }

    /** Returns the document as it is stored. */
    public byte[] json() {
      return json.clone();
    }

    /** Returns what points to it. */
    public Descriptor descriptor() {
      return Descriptor.of(mediaType, json);
    }
  }

  /**
   * Puts a blob into the repository, unless it is there: from another repository of the registry,
   * or else by sending it. Afterwards the registry is asked for digest and size.
   *
   * @param size its size in bytes
   * @throws RegistryException if the registry refuses it, or has something else afterwards
   * @throws IOException if the registry does not answer, or the content cannot be read
   */
  public Pushed pushBlob(Digest digest, long size, Content content) throws IOException {
    OptionalLong there = blobSize(digest);
    if (there.isPresent() && there.getAsLong() == size) {
      return Pushed.PRESENT;
    }
    URI uploads = connection.resolve(path + "/blobs/uploads/");
    for (String other : others) {
      URI mount = URI.create(uploads + "?mount=" + digest + "&from=" + other);
      RegistryResponse answer = connection.send(RegistryRequest.of("POST", mount, Map.of()));
      if (answer.status() == 201) {
        readBack(digest, size);
        return Pushed.MOUNTED;
      }
      // Otherwise the registry has opened an upload, which is one too many, and expires there.
    }
    RegistryResponse started =
        require(connection.send(RegistryRequest.of("POST", uploads, Map.of())), 202);
    new BlobUpload(connection, uploads, digest, size, content, chunk)
        .send(connection.location(started));
    readBack(digest, size);
    return Pushed.SENT;
  }

  private void readBack(Digest digest, long size) throws IOException {
    OptionalLong stored = blobSize(digest);
    if (stored.isEmpty() || stored.getAsLong() != size) {
      throw RegistryException.protocol(
          "the registry confirmed the blob "
              + digest
              + " of "
              + size
              + " bytes, and "
              + (stored.isEmpty() ? "does not have it" : "has " + stored.getAsLong() + " bytes"));
    }
  }

  /** Returns the size of a blob, if the repository has it. */
  private OptionalLong blobSize(Digest digest) throws IOException {
    RegistryResponse response = ask("HEAD", "/blobs/" + digest, Map.of());
    if (response.status() == 404) {
      return OptionalLong.empty();
    }
    requireDigest(require(response, 200), digest);
    return response.headers().firstValueAsLong("Content-Length");
  }

  /**
   * Opens a blob, whose bytes are not checked here.
   *
   * @throws RegistryException if the registry does not give it
   * @throws IOException if it does not answer
   */
  public InputStream openBlob(Digest digest) throws IOException {
    return new BlobDownload(connection, connection.resolve(path + "/blobs/" + digest)).open();
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

  /** Fails if an answer states another digest; it need not state any. */
  static void requireDigest(RegistryResponse response, Digest digest) throws RegistryException {
    Optional<String> stated = response.headers().firstValue("Docker-Content-Digest");
    if (stated.isPresent()
        && stated.get().startsWith("sha256:")
        && !stated.get().equals(digest.toString())) {
      throw RegistryException.digest(response.request(), digest, stated.get());
    }
  }

  /**
   * Stores a manifest, byte for byte, under its digest. If it has a subject and the registry does
   * not list referrers by itself, it is added to the tag that lists them instead
   * (distribution-spec, "Unavailable Referrers API").
   *
   * @param descriptor what points to it, as lists of referrers show it
   * @param subject the manifest that it is an addition to
   * @throws RegistryException if the registry refuses it, or stores something else
   * @throws IOException if it does not answer
   */
  public void pushManifest(Descriptor descriptor, byte[] manifest, Optional<Digest> subject)
      throws IOException {
    String digest = descriptor.digest().toString();
    if (ask("HEAD", "/manifests/" + digest, Map.of("Accept", MANIFEST_TYPES)).status() != 200) {
      RegistryResponse answer = put(digest, descriptor.mediaType(), manifest);
      requireDigest(answer, descriptor.digest());
      Digest found = manifest(digest).map(stored -> Digest.of(stored.json())).orElse(null);
      if (!descriptor.digest().equals(found)) {
        throw RegistryException.digest(
            answer.request(), descriptor.digest(), found == null ? "of nothing" : found);
      }
    }
    if (subject.isPresent()) {
      new Referrers(this).add(subject.get(), descriptor);
    }
  }

  /**
   * Stores a manifest under a tag, byte for byte.
   *
   * @throws RegistryException if the registry refuses it
   * @throws IOException if it does not answer
   */
  public void pushTag(String tag, String mediaType, byte[] manifest) throws IOException {
    put(tag, mediaType, manifest);
  }

  private RegistryResponse put(String reference, String mediaType, byte[] manifest)
      throws IOException {
    URI address = connection.resolve(path + "/manifests/" + reference);
    return require(connection.send(RegistryRequest.of("PUT", address, mediaType, manifest)), 201);
  }

  /**
   * Returns the manifest or index that a tag or a digest names, if there is one. Whether it has the
   * digest is for the caller to check.
   *
   * @throws RegistryException if the registry answers with an error
   * @throws IOException if it does not answer
   */
  public Optional<Stored> manifest(String reference) throws IOException {
    RegistryResponse response =
        ask("GET", "/manifests/" + reference, Map.of("Accept", MANIFEST_TYPES));
    if (response.status() == 404) {
      return Optional.empty();
    }
    String type = require(response, 200).header("Content-Type").replaceFirst("\\s*;.*", "");
    return Optional.of(new Stored(type, response.body()));
  }

  /**
   * Returns the manifests whose subject is another one.
   *
   * @throws RegistryException if the registry answers with an error
   * @throws IOException if it does not answer
   */
  public List<Descriptor> referrers(Digest subject) throws IOException {
    return new Referrers(this).of(subject);
  }

  /** Returns the list of referrers that the registry keeps, unless it keeps none. */
  Optional<List<Descriptor>> listedReferrers(Digest subject) throws IOException {
    List<Descriptor> found = new ArrayList<>();
    URI next = connection.resolve(path + "/referrers/" + subject);
    for (int pages = 0; pages < 100; pages++) {
      RegistryResponse response =
          connection.send(
              RegistryRequest.of("GET", next, Map.of("Accept", OciDocuments.INDEX_TYPE)));
      if (response.status() != 200) {
        return Optional.empty();
      }
      found.addAll(Json.parse("the referrers", response.body(), Index.class).manifests());
      Optional<String> link =
          response
              .headers()
              .firstValue("Link")
              .filter(text -> text.matches("<[^>]+>;\\s*rel=\"?next\"?"));
      if (link.isEmpty()) {
        break;
      }
      next = connection.resolve(next, link.get().substring(1, link.get().indexOf('>')));
    }
    return Optional.of(found);
  }
}
