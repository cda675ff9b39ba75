package io.github.prosodyoci.image.transfer;

import io.github.prosodyoci.core.Digest;

/** The names in an OCI image layout (image-layout.md). */
public final class Layouts {

  /** The folder of all blobs. */
  public static final String BLOBS = "blobs/sha256/";

  /** The file that marks a layout. */
  public static final String MARKER = "oci-layout";

  /** The file that lists the images. */
  public static final String INDEX = "index.json";

  /** The annotation that names an image in {@link #INDEX} (annotations.md). */
  public static final String REF_NAME = "org.opencontainers.image.ref.name";

  /** The annotation by which containerd names an image that it imports. */
  public static final String CONTAINERD_NAME = "io.containerd.image.name";

  private Layouts() {}

  /** Returns the name of a blob's file. */
  public static String blob(Digest digest) {
    return BLOBS + digest.hex();
  }
}
