package io.github.prosodyoci.image.transfer;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.Workers;
import io.github.prosodyoci.image.ImageCode;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.registry.ImageRepository;
import io.github.prosodyoci.image.registry.ImageRepository.Pushed;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutorCompletionService;
import java.util.function.Consumer;

/** A repository of a registry, as a place to write to. */
public final class RegistryTarget implements ImageTarget {

  /** How many blobs are sent at the same time: enough to hide the time that each answer takes. */
  private static final int BLOBS_AT_ONCE = 4;

  private final ImageRepository repository;
  private final String name;
  private final Consumer<String> progress;

  /**
   * Creates a target.
   *
   * @param name what the repository is called in messages
   * @param progress takes a line for each blob, manifest and tag
   */
  public RegistryTarget(ImageRepository repository, String name, Consumer<String> progress) {
    this.repository = repository;
    this.name = name;
    this.progress = progress;
  }

  @Override
  public void store(ImageTree tree, List<String> tags) throws IOException {
    pushBlobs(tree);
    for (ImageTree.Node node : tree.nodes()) {
      repository.pushManifest(
          node.descriptor()
              .with(node.references().annotations())
              .ofArtifact(node.references().artifactType().orElse(null)),
          node.json(),
          node.references().subject().map(Descriptor::digest));
    }
    Descriptor root = tree.root();
    byte[] json = tree.rootNode().json();
    for (String tag : tags) {
      repository.pushTag(tag, root.mediaType(), json);
      Digest found = repository.manifest(tag).map(stored -> Digest.of(stored.json())).orElse(null);
      if (!root.digest().equals(found)) {
        throw Failure.of(
                ImageCode.TAG_MISMATCH,
                "push",
                name + ":" + tag,
                "the registry shows " + (found == null ? "nothing" : found))
            .expecting(root.digest().toString())
            .toException();
      }
      progress.accept("Tagged " + name + ":" + tag);
    }
  }

  private void pushBlobs(ImageTree tree) throws IOException {
    List<Descriptor> blobs = tree.blobs();
    BlobProgress counted = new BlobProgress(blobs.size(), tree.size(), progress);
    try (Workers workers = new Workers("push", BLOBS_AT_ONCE)) {
      CompletionService<Arrived> arrivals = new ExecutorCompletionService<>(workers);
      for (Descriptor blob : blobs) {
        arrivals.submit(
            () ->
                new Arrived(
                    blob,
                    repository.pushBlob(
                        blob.digest(), blob.size(), () -> tree.source().open(blob))));
      }
      for (int i = 0; i < blobs.size(); i++) {
        counted.pushed(Workers.await(arrivals.take()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  private record Arrived(Descriptor blob, Pushed how) {}

  /** Counts blobs and bytes, in the order in which they arrive. */
  private static final class BlobProgress {

    private final int blobs;
    private final long size;
    private final Consumer<String> lines;
    private int number;
    private long bytes;

    BlobProgress(int blobs, long size, Consumer<String> lines) {
      this.blobs = blobs;
      this.size = size;
      this.lines = lines;
    }

    void pushed(Arrived arrived) {
      Descriptor blob = arrived.blob();
      number++;
      bytes += blob.size();
      String what =
          switch (arrived.how()) {
            case SENT -> "Pushed ";
            case MOUNTED -> "Mounted ";
            case PRESENT -> "Already there ";
          };
      lines.accept(
          what
              + number
              + "/"
              + blobs
              + " "
              + blob.digest()
              + ", "
              + blob.size()
              + " bytes ("
              + bytes
              + " of "
              + size
              + ")");
    }
  }
}
