package io.github.prosodyoci.image.transfer;

import io.github.prosodyoci.core.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;

/** The files of an OCI image layout, in a folder or in an archive. */
interface LayoutFiles {

  /** Returns what the files are together, for messages. */
  String thing();

  /**
   * Returns the size of a file in bytes, or nothing if there is none of that name.
   *
   * @throws IOException if that cannot be found out
   */
  OptionalLong size(String name) throws IOException;

  /**
   * Returns the digest of a file's content.
   *
   * @throws IOException if it cannot be read
   */
  Digest digest(String name) throws IOException;

  /**
   * Opens a file.
   *
   * @throws IOException if it cannot be read
   */
  InputStream open(String name) throws IOException;
}
