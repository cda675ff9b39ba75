package io.github.prosodyoci.image.transfer;

import java.io.IOException;
import java.util.List;

/** Where images are copied to. */
public interface ImageTarget {

  /**
   * Stores an image with all that it refers to. Tags come last: whoever sees one finds everything
   * that belongs to it.
   *
   * @param tags the tags that the image gets
   * @throws io.github.prosodyoci.core.FailureException if content is damaged, or the target shows
   *     something else afterwards
   * @throws IOException if it cannot be read or stored
   */
  void store(ImageTree tree, List<String> tags) throws IOException;
}
