package io.github.prosodyoci.image.compare;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.archive.ArchiveCode;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarReader;
import io.github.prosodyoci.image.ImageCode;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.transfer.ImageSource;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** The entries of one layer, in their order, each with the digest of its content. */
final class LayerContent {

  /** The list of installed packages (apk). */
  private static final String DATABASE = "lib/apk/db/installed";

  /** No list of packages comes near. */
  private static final long MAX_DATABASE = 64 << 20;

  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private Digest tar = Digest.of(new byte[0]);
  private Optional<String> database = Optional.empty();

  /** An entry: its header, and the digest of what it holds. */
  record Entry(TarEntry header, Digest content) {}

  private LayerContent() {}

  /** What is done with an entry. */
  @FunctionalInterface
  private interface Visitor {
    void visit(TarEntry entry, InputStream content) throws IOException;
  }

  /**
   * Reads a layer.
   *
   * @throws FailureException with {@link ImageCode#ARCHIVE_DAMAGED} if it is not a tar file, plain
   *     or compressed with gzip, or not what its digest says
   * @throws IOException if it cannot be read
   */
  static LayerContent read(ImageSource source, Descriptor layer) throws IOException {
    LayerContent read = new LayerContent();
    read.tar =
        visit(
            source,
            layer,
            (entry, content) -> {
              byte[] kept =
                  entry.path().endsWith(DATABASE) && entry.size() <= MAX_DATABASE
                      ? content.readAllBytes()
                      : null;
              if (kept != null) {
                read.database = Optional.of(new String(kept, StandardCharsets.UTF_8));
              }
              read.entries.put(
                  entry.path(),
                  new Entry(entry, kept == null ? Digest.of(content) : Digest.of(kept)));
            });
    return read;
  }

  /**
   * Returns the contents of some files; throws as {@link #read} does.
   *
   * @param limit the size in bytes beyond which a file is left out
   */
  static Map<String, byte[]> contents(
      ImageSource source, Descriptor layer, Set<String> paths, long limit) throws IOException {
    Map<String, byte[]> contents = new HashMap<>();
    visit(
        source,
        layer,
        (entry, content) -> {
          if (paths.contains(entry.path()) && entry.size() <= limit) {
            contents.put(entry.path(), content.readAllBytes());
          }
        });
    return contents;
  }

  private static Digest visit(ImageSource source, Descriptor layer, Visitor visitor)
      throws IOException {
    String thing = "the layer " + layer.digest() + " in " + source.thing();
    try (InputStream blob = source.open(layer)) {
      DigestInputStream plain =
          new DigestInputStream(uncompressed(thing, layer, blob), Digest.sha256());
      TarReader tar = new TarReader(plain, thing, TarReader.Dialect.SOURCE);
      for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
        visitor.visit(entry, tar.content());
      }
      return Digest.of(plain.getMessageDigest());
    } catch (FailureException e) {
      throw e.failureCode() instanceof ArchiveCode
          ? damaged(thing, e.failure().found()).toException(e)
          : e;
    } catch (ZipException | EOFException e) {
      throw damaged(thing, "it is not a complete gzip file").toException(e);
    }
  }

  private static InputStream uncompressed(String thing, Descriptor layer, InputStream blob)
      throws IOException {
    if (layer.mediaType().endsWith("gzip")) {
      return new GZIPInputStream(blob, 1 << 16);
    }
    if (layer.mediaType().endsWith("tar")) {
      return blob;
    }
    throw damaged(thing, "its type is " + layer.mediaType())
        .expecting("a tar file, plain or compressed with gzip")
        .toException();
  }

  private static Failure damaged(String thing, String found) {
    return Failure.of(ImageCode.ARCHIVE_DAMAGED, "compare", thing, found);
  }

  /** Returns the entries by path, in the order of the layer. */
  Map<String, Entry> entries() {
    return entries;
  }

  /** Returns the digest of the uncompressed layer. */
  Digest tar() {
    return tar;
  }

  /** Returns the list of installed packages, if the layer has one. */
  Optional<String> database() {
    return database;
  }
}
