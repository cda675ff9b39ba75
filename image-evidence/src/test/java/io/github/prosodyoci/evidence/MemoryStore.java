package io.github.prosodyoci.evidence;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarReader;
import io.github.prosodyoci.evidence.store.ArtifactStore;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A store in memory, whose content a test may change as an attacker would. */
final class MemoryStore implements ArtifactStore {

  final Map<String, byte[]> manifests = new TreeMap<>();
  final Map<String, byte[]> blobs = new TreeMap<>();
  final Map<Digest, List<Descriptor>> referrers = new TreeMap<>();

  /** Puts all that an image archive holds into the store. */
  MemoryStore with(Path archive) throws IOException {
    try (InputStream in = Files.newInputStream(archive)) {
      TarReader tar = new TarReader(in, "the archive", TarReader.Dialect.ARCHIVE);
      for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
        if (entry.path().startsWith("blobs/sha256/") && entry.type() == TarEntry.Type.FILE) {
          byte[] content = tar.content().readAllBytes();
          putBlob(content);
          manifests.put(Digest.of(content).toString(), content);
        }
      }
    }
    return this;
  }

  @Override
  public Optional<byte[]> manifest(String reference) {
    return Optional.ofNullable(manifests.get(reference));
  }

  @Override
  public List<Descriptor> referrers(Digest subject) {
    return List.copyOf(referrers.getOrDefault(subject, List.of()));
  }

  @Override
  public InputStream blob(Digest digest) throws IOException {
    byte[] content = blobs.get(digest.toString());
    if (content == null) {
      throw new FileNotFoundException(digest.toString());
    }
    return new ByteArrayInputStream(content);
  }

  @Override
  public void putBlob(byte[] content) {
    blobs.put(Digest.of(content).toString(), content);
  }

  @Override
  public void putReferrer(Descriptor descriptor, byte[] manifest, Digest subject) {
    manifests.put(descriptor.digest().toString(), manifest);
    List<Descriptor> list = referrers.computeIfAbsent(subject, key -> new ArrayList<>());
    if (!list.contains(descriptor)) {
      list.add(descriptor);
    }
  }

  @Override
  public void putTag(String tag, byte[] manifest) {
    manifests.put(tag, manifest);
  }

  /** Returns digests of all content, to compare two states. */
  Map<String, Object> state() {
    Map<String, Object> state = new TreeMap<>();
    manifests.forEach((name, bytes) -> state.put(name, Digest.of(bytes)));
    blobs.forEach((name, bytes) -> state.put("blob " + name, Digest.of(bytes)));
    referrers.forEach((digest, list) -> state.put("of " + digest, List.copyOf(list)));
    return state;
  }
}
