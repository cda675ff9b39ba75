package io.github.prosodyoci.image.transfer;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.image.ImageCode;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.oci.References;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** An image of one platform or several, and all that it refers to. */
public final class ImageTree {

  /** Deeper than an index of indexes of manifests nobody nests them. */
  private static final int MAX_DEPTH = 4;

  private static final int MAX_MANIFESTS = 5000;

  private final ImageSource source;
  private final Descriptor root;
  private final Map<Digest, Node> nodes = new LinkedHashMap<>();
  private final Map<Digest, Descriptor> blobs = new LinkedHashMap<>();
  private final List<Node> referrers = new ArrayList<>();

  /** A manifest or an index. */
  public static final class Node {

    private final Descriptor descriptor;
    private final byte[] json;
    private final References references;

    Node(Descriptor descriptor, byte[] json, References references) {
      this.descriptor = descriptor;
      this.json = json;
      this.references = references;
    }

    /** Returns what points to it. */
    public Descriptor descriptor() {
      return descriptor;
    }

    /** Returns the document as it is stored. */
    public byte[] json() {
      return json.clone();
    }

    /** Returns what it refers to. */
    public References references() {
      return references;
    }
  }

  private ImageTree(ImageSource source, Descriptor root) {
    this.source = source;
    this.root = root;
  }

  /**
   * Reads all manifests of an image, but no blob.
   *
   * @throws io.github.prosodyoci.core.FailureException with {@link ImageCode#ARCHIVE_DAMAGED} if a
   *     manifest is missing, damaged, or of an unknown type
   * @throws IOException if a manifest cannot be read
   */
  public static ImageTree read(ImageSource source, Descriptor root) throws IOException {
    ImageTree tree = new ImageTree(source, root);
    tree.add(root, 0);
    return tree;
  }

  /**
   * Adds all that names one of the manifests as its subject, and what names that, and so on.
   *
   * @throws io.github.prosodyoci.core.FailureException as {@link #read} does
   * @throws IOException if a manifest cannot be read
   */
  public ImageTree withReferrers() throws IOException {
    List<Digest> subjects = new ArrayList<>(nodes.keySet());
    for (int i = 0; i < subjects.size(); i++) {
      for (Descriptor referrer : source.referrers(subjects.get(i))) {
        if (!nodes.containsKey(referrer.digest())) {
          add(referrer, 0);
          referrers.add(Objects.requireNonNull(nodes.get(referrer.digest())));
          subjects.add(referrer.digest());
        }
      }
    }
    return this;
  }

  private void add(Descriptor manifest, int depth) throws IOException {
    if (nodes.containsKey(manifest.digest())) {
      return;
    }
    if (depth > MAX_DEPTH || nodes.size() > MAX_MANIFESTS) {
      throw damaged(manifest, "it nests or lists too many manifests").toException();
    }
    byte[] json = source.document(manifest);
    References references;
    try {
      references = References.of("the manifest", manifest.mediaType(), json);
    } catch (IOException e) {
      throw damaged(manifest, Reasons.of(e)).toException(e);
    }
    for (Descriptor child : references.manifests()) {
      add(child, depth + 1);
    }
    references.blobs().forEach(blob -> blobs.putIfAbsent(blob.digest(), blob));
    nodes.put(manifest.digest(), new Node(manifest, json, references));
  }

  private Failure damaged(Descriptor manifest, String reason) {
    return Failure.of(
        ImageCode.ARCHIVE_DAMAGED,
        "read",
        "the manifest " + manifest.digest() + " in " + source.thing(),
        reason);
  }

  /** Returns where all of it is read from. */
  public ImageSource source() {
    return source;
  }

  /** Returns what points to the image. */
  public Descriptor root() {
    return root;
  }

  /** Returns the document of the image itself. */
  public Node rootNode() {
    return Objects.requireNonNull(nodes.get(root.digest()));
  }

  /** Returns all manifests and indexes, each after those that it refers to. */
  public Collection<Node> nodes() {
    return List.copyOf(nodes.values());
  }

  /** Returns those that have a subject here. */
  public List<Node> referrers() {
    return List.copyOf(referrers);
  }

  /** Returns all layers and configurations, each once. */
  public List<Descriptor> blobs() {
    return List.copyOf(blobs.values());
  }

  /** Returns the size of all blobs in bytes. */
  public long size() {
    return blobs.values().stream().mapToLong(Descriptor::size).sum();
  }

  /**
   * Makes sure that every blob is there, and is not damaged as far as that is known.
   *
   * @throws io.github.prosodyoci.core.FailureException if one is missing or damaged
   * @throws IOException if one cannot be read
   */
  public void check() throws IOException {
    for (Descriptor blob : blobs()) {
      source.check(blob);
    }
  }
}
