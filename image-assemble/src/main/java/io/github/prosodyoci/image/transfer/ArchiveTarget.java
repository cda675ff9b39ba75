package io.github.prosodyoci.image.transfer;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.image.oci.OciDocuments;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.transfer.ImageTree.Node;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** An archive, which holds one image and its referrers. */
public final class ArchiveTarget implements ImageTarget {

  private final Path file;
  private final Platform dockerPlatform;
  private final long time;
  private final Function<String, Map<String, String>> names;

  /**
   * Creates a target.
   *
   * @param file the archive to write
   * @param dockerPlatform the platform whose image Docker's own image store loads
   * @param time the time of the archive's files, in seconds since 1970
   * @param names the annotations that name the image for those who load it, for a tag
   */
  public ArchiveTarget(
      Path file, Platform dockerPlatform, long time, Function<String, Map<String, String>> names) {
    this.file = file;
    this.dockerPlatform = dockerPlatform;
    this.time = time;
    this.names = names;
  }

  @Override
  public void store(ImageTree tree, List<String> tags) throws IOException {
    write(tree, tags);
  }

  /**
   * Writes the archive.
   *
   * @return its digest
   * @throws io.github.prosodyoci.core.FailureException if a blob is damaged
   * @throws IOException if a file cannot be read or written
   */
  public Digest write(ImageTree tree, List<String> tags) throws IOException {
    LayoutArchive archive = new LayoutArchive();
    archive.add(tree);
    archive.index(entries(tree, tags, names));
    Optional<Node> docker = forDocker(tree);
    if (docker.isPresent()) {
      archive.docker(
          docker.get().references().config().orElseThrow().digest(),
          tags.stream()
              .map(tag -> names.apply(tag).getOrDefault(Layouts.REF_NAME, tag))
              .filter(name -> name.indexOf(':') > 0)
              .toList(),
          docker.get().references().layers().stream().map(Descriptor::digest).toList());
    }
    return archive.write(file, time);
  }

  /** Returns what a layout's index lists for an image: once for each tag, and its referrers. */
  static List<Descriptor> entries(
      ImageTree tree, List<String> tags, Function<String, Map<String, String>> names) {
    Descriptor plain = tree.root().with((Map<String, String>) null);
    List<Descriptor> entries = new ArrayList<>();
    if (tags.isEmpty()) {
      entries.add(plain);
    }
    tags.forEach(tag -> entries.add(plain.with(new TreeMap<>(names.apply(tag)))));
    tree.referrers()
        .forEach(
            node ->
                entries.add(
                    node.descriptor().ofArtifact(node.references().artifactType().orElse(null))));
    return entries;
  }

  /** Returns the manifest of the image for Docker's store, which knows images of one platform. */
  private Optional<Node> forDocker(ImageTree tree) {
    if (!tree.root().leadsToIndex()) {
      return Optional.of(tree.rootNode()).filter(ArchiveTarget::isImage);
    }
    List<Node> manifests =
        tree.rootNode().references().manifests().stream()
            .flatMap(
                entry ->
                    tree.nodes().stream()
                        .filter(node -> node.descriptor().equals(entry))
                        .filter(ArchiveTarget::isImage))
            .toList();
    return manifests.stream()
        .filter(
            node ->
                Optional.ofNullable(node.descriptor().platform())
                    .flatMap(OciDocuments.TargetPlatform::known)
                    .filter(dockerPlatform::equals)
                    .isPresent())
        .findFirst()
        .or(() -> manifests.stream().findFirst());
  }

  private static boolean isImage(Node node) {
    return node.references()
        .config()
        .filter(
            config ->
                config.mediaType().equals(OciDocuments.CONFIG_TYPE)
                    || config.mediaType().equals(OciDocuments.DOCKER_CONFIG_TYPE))
        .isPresent();
  }
}
