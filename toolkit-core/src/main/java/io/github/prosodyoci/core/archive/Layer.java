package io.github.prosodyoci.core.archive;

import io.github.prosodyoci.core.Digest;
import java.util.List;

/**
 * A finished image layer: a gzip-compressed tar file, and what is in it.
 *
 * @param name a short name for people, such as {@code base}
 * @param file the path of the {@code .tar.gz}, relative to the file that lists the layer
 * @param digest the digest of the compressed file
 * @param diffId the digest of the uncompressed tar (OCI config.md, "rootfs.diff_ids")
 * @param size the compressed size in bytes
 * @param contents what the layer holds, a line each, such as {@code lua5.4-5.4.7-r0}
 */
public record Layer(
    String name, String file, Digest digest, Digest diffId, long size, List<String> contents) {

  /** Copies the list. */
  public Layer {
    contents = List.copyOf(contents);
  }
}
