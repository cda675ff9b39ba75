package io.github.prosodyoci.packages.apk;

import io.github.prosodyoci.core.archive.TarEntry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One file, folder or link to put into a package.
 *
 * @param entry its header; the path is relative to the root, as in {@code usr/bin/lua5.4}
 * @param content where its bytes come from; opened twice
 */
public record PackageFile(TarEntry entry, Content content) {

  /** Bytes that can be read more than once. */
  @FunctionalInterface
  public interface Content {
    /**
     * Returns a new stream over the bytes, which the caller closes.
     *
     * @throws IOException if they cannot be read
     */
    InputStream open() throws IOException;
  }

  /** Returns an entry without content: a folder, a link or an empty file. */
  public static PackageFile of(TarEntry entry) {
    return new PackageFile(entry, InputStream::nullInputStream);
  }

  /** Returns a file with some bytes. */
  public static PackageFile of(TarEntry entry, byte[] content) {
    return new PackageFile(entry, () -> new ByteArrayInputStream(content));
  }

  /** Returns a file with the bytes of a file on disk. */
  public static PackageFile of(TarEntry entry, Path content) {
    return new PackageFile(entry, () -> Files.newInputStream(content));
  }
}
