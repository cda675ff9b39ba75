package io.github.prosodyoci.evidence.store;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.evidence.EvidenceCode;
import io.github.prosodyoci.image.oci.ArtifactManifest;
import io.github.prosodyoci.image.oci.OciDocuments;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.oci.OciDocuments.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads and writes artifacts of one document each, and believes nothing but digests. */
public final class Artifacts {

  /** No document of ours comes near. */
  private static final int MAX_DOCUMENT = 64 << 20;

  private final ArtifactStore store;

  /** Creates a reader and writer for a store. */
  public Artifacts(ArtifactStore store) {
    this.store = store;
  }

  /** Returns the store. */
  public ArtifactStore store() {
    return store;
  }

  /**
   * Returns a manifest.
   *
   * @param thing what it is called in messages
   * @throws FailureException with {@link EvidenceCode#IMAGE_MISSING} if there is none, with {@link
   *     EvidenceCode#BUNDLE_DAMAGED} if it has another digest or is not one
   * @throws IOException if the store cannot be asked
   */
  public Manifest manifest(String thing, Digest digest) throws IOException {
    return parse(thing, bytes(thing, digest));
  }

  private record Listed(@Nullable List<Descriptor> manifests) {}

  /**
   * Returns the manifests of an index; none if it is the manifest of one image. Throws as {@link
   * #manifest} does.
   */
  public List<Descriptor> listed(String thing, Digest digest) throws IOException {
    byte[] json = bytes(thing, digest);
    try {
      List<Descriptor> manifests = Json.parse(thing, json, Listed.class).manifests();
      return manifests == null ? List.of() : manifests;
    } catch (IOException e) {
      throw damaged(thing, Reasons.of(e)).toException(e);
    }
  }

  /** Returns a manifest as it is stored; throws as {@link #manifest} does. */
  public byte[] bytes(String thing, Digest digest) throws IOException {
    byte[] json =
        store
            .manifest(digest.toString())
            .orElseThrow(
                () ->
                    Failure.of(
                            EvidenceCode.IMAGE_MISSING, "find", thing, "the store has no " + digest)
                        .toException());
    requireDigest(thing, digest, json);
    return json;
  }

  /** Returns the manifest of a tag, if there is one; throws as {@link #manifest} does. */
  public Optional<Manifest> tagged(String thing, String tag) throws IOException {
    return store.manifest(tag).map(json -> parse(thing, json));
  }

  private static Manifest parse(String thing, byte[] json) {
    try {
      return Json.parse(thing, json, Manifest.class);
    } catch (IOException e) {
      throw damaged(thing, Reasons.of(e)).toException(e);
    }
  }

  /**
   * Returns a document.
   *
   * @throws FailureException with {@link EvidenceCode#BUNDLE_DAMAGED} if it differs from its
   *     descriptor
   * @throws IOException if the store does not give it
   */
  public byte[] document(String thing, Descriptor descriptor) throws IOException {
    if (descriptor.size() > MAX_DOCUMENT) {
      throw damaged(thing, "it has " + descriptor.size() + " bytes")
          .expecting("at most " + MAX_DOCUMENT)
          .toException();
    }
    try (InputStream in = store.blob(descriptor.digest())) {
      byte[] bytes = in.readNBytes(MAX_DOCUMENT);
      requireDigest(thing, descriptor.digest(), bytes);
      return bytes;
    }
  }

  private static void requireDigest(String thing, Digest digest, byte[] bytes) {
    Digest found = Digest.of(bytes);
    if (!found.equals(digest)) {
      throw damaged(thing, "its digest is " + found).expecting(digest.toString()).toException();
    }
  }

  private static Failure damaged(String thing, String found) {
    return Failure.of(EvidenceCode.BUNDLE_DAMAGED, "read", thing, found);
  }

  /**
   * Attaches a document to an image.
   *
   * @param subject what points to the image
   * @param type the media type of the document, and the type of the artifact
   * @return the digest of the artifact
   * @throws IOException if the store does not take it
   */
  public Digest attach(
      Descriptor subject, String type, byte[] document, Map<String, String> annotations)
      throws IOException {
    store.putBlob(OciDocuments.empty());
    store.putBlob(document);
    ArtifactManifest manifest =
        new ArtifactManifest(subject, type, List.of(Descriptor.of(type, document)), annotations);
    store.putReferrer(manifest.descriptor(), manifest.json(), subject.digest());
    return manifest.descriptor().digest();
  }
}
