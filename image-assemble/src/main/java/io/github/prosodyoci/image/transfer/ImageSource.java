package io.github.prosodyoci.image.transfer;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where images are read from. All that is read has the digest that it was asked for by. */
public interface ImageSource {

  /** Returns what it is, for messages. */
  String thing();

  /**
   * Returns an image: an index, or the manifest of one platform.
   *
   * @param tag its tag, if that is known
   * @param digest its digest, if that is known; then the tag does not count
   * @throws io.github.prosodyoci.core.FailureException with {@code IMAGE_NOT_FOUND} if there is
   *     none, or several and nothing says which
   * @throws IOException if it cannot be read
   */
  Descriptor find(@Nullable String tag, @Nullable Digest digest) throws IOException;

  /**
   * Returns a manifest or an index.
   *
   * @throws io.github.prosodyoci.core.FailureException if it is missing or damaged
   * @throws IOException if it cannot be read
   */
  byte[] document(Descriptor manifest) throws IOException;

  /**
   * Opens a blob. The stream fails at its last byte if the blob is damaged.
   *
   * @throws io.github.prosodyoci.core.FailureException if it is missing, or has another size
   * @throws IOException if it cannot be read
   */
  InputStream open(Descriptor blob) throws IOException;

  /**
   * Makes sure that a blob is there and not damaged, as far as that is known without a transfer.
   *
   * @throws io.github.prosodyoci.core.FailureException if it is missing or damaged
   * @throws IOException if it cannot be read
   */
  void check(Descriptor blob) throws IOException;

  /**
   * Returns the manifests that name another one as their subject: signatures, SBOMs and the like.
   *
   * @throws IOException if they cannot be read
   */
  List<Descriptor> referrers(Digest subject) throws IOException;
}
