package io.github.prosodyoci.evidence.store;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.image.oci.OciDocuments;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.registry.ImageRepository;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** A repository of a registry. */
public final class RegistryStore implements ArtifactStore {

  private final ImageRepository repository;

  /** Creates a store in an open repository. */
  public RegistryStore(ImageRepository repository) {
    this.repository = repository;
  }

  @Override
  public Optional<byte[]> manifest(String reference) throws IOException {
    return repository.manifest(reference).map(ImageRepository.Stored::json);
  }

  @Override
  public List<Descriptor> referrers(Digest subject) throws IOException {
    return repository.referrers(subject);
  }

  @Override
  public InputStream blob(Digest digest) throws IOException {
    return repository.openBlob(digest);
  }

  @Override
  public void putBlob(byte[] content) throws IOException {
    var unused =
        repository.pushBlob(
            Digest.of(content), content.length, () -> new ByteArrayInputStream(content));
  }

  @Override
  public void putReferrer(Descriptor descriptor, byte[] manifest, Digest subject)
      throws IOException {
    repository.pushManifest(descriptor, manifest, Optional.of(subject));
  }

  @Override
  public void putTag(String tag, byte[] manifest) throws IOException {
    repository.pushTag(tag, OciDocuments.MANIFEST_TYPE, manifest);
  }
}
