package io.github.prosodyoci.evidence.store;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** A repository with images, and with artifacts that refer to them. Nothing it says is believed. */
public interface ArtifactStore {

  /**
   * Returns the manifest that a digest or a tag names, if there is one.
   *
   * @throws IOException if the store cannot be asked
   */
  Optional<byte[]> manifest(String reference) throws IOException;

  /**
   * Returns what points to the manifests whose subject is another one.
   *
   * @throws IOException if the store cannot be asked
   */
  List<Descriptor> referrers(Digest subject) throws IOException;

  /**
   * Opens a blob.
   *
   * @throws IOException if the store does not give it
   */
  InputStream blob(Digest digest) throws IOException;

  /**
   * Stores a blob.
   *
   * @throws IOException if the store does not take it
   */
  void putBlob(byte[] content) throws IOException;

  /**
   * Stores a manifest under its digest, as one that refers to another.
   *
   * @throws IOException if the store does not take it
   */
  void putReferrer(Descriptor descriptor, byte[] manifest, Digest subject) throws IOException;

  /**
   * Stores a manifest under a tag.
   *
   * @throws IOException if the store does not take it
   */
  void putTag(String tag, byte[] manifest) throws IOException;
}
