package io.github.prosodyoci.evidence.input;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.archive.ArchiveCode;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarReader;
import io.github.prosodyoci.evidence.EvidenceCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/**
 * The files of an image, as a container sees them: layers are laid over each other, and whiteouts
 * take away what is below (OCI image specification, layer.md).
 */
public final class ImageFiles {

  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE = ".wh..wh..opq";
  private static final String OS_RELEASE = "etc/os-release";

  /** Nothing that is kept in memory is larger. */
  private static final int MAX_TEXT = 16 << 20;

  private final TreeMap<String, ImageFile> files = new TreeMap<>();
  private final Map<String, String> texts = new TreeMap<>();
  private int layers;

  /** Creates an image without any layer. */
  public ImageFiles() {}

  /**
   * Lays a layer over those before.
   *
   * @param name what the layer is called in messages
   * @param gzip the compressed layer, which is read to its end and not closed
   * @param expected the digest of the compressed layer
   * @throws FailureException with {@link EvidenceCode#LAYER_DAMAGED} if it has another digest, or
   *     is not an archive
   * @throws IOException if it cannot be read
   */
  public void add(String name, InputStream gzip, Digest expected) throws IOException {
    DigestInputStream counted = new DigestInputStream(gzip, Digest.sha256());
    try {
      read(name, new GZIPInputStream(counted, 1 << 16));
    } catch (FailureException e) {
      throw e.failureCode() instanceof ArchiveCode ? damaged(name, e.failure().found(), e) : e;
    } catch (java.util.zip.ZipException | java.io.EOFException e) {
      throw damaged(name, "it is not a complete gzip file", e);
    }
    counted.transferTo(java.io.OutputStream.nullOutputStream());
    Digest found = Digest.of(counted.getMessageDigest());
    if (!found.equals(expected)) {
      throw Failure.of(
              EvidenceCode.LAYER_DAMAGED, "read", "the layer " + name, "its digest is " + found)
          .expecting(expected.toString())
          .toException();
    }
    layers++;
  }

  /**
   * Checks that a layer is of a type that can be read: a tar file compressed with gzip, as OCI or
   * Docker names it.
   *
   * @throws FailureException with {@link EvidenceCode#LAYER_DAMAGED} if it is not
   */
  public static void requireReadable(String name, String mediaType) {
    if (!mediaType.endsWith("gzip")) {
      throw Failure.of(
              EvidenceCode.LAYER_DAMAGED, "read", "the layer " + name, "its type is " + mediaType)
          .expecting("a tar file compressed with gzip")
          .toException();
    }
  }

  private static FailureException damaged(String name, String found, Exception cause) {
    return Failure.of(EvidenceCode.LAYER_DAMAGED, "read", "the layer " + name, found)
        .toException(cause);
  }

  private void read(String name, InputStream in) throws IOException {
    TarReader tar = new TarReader(in, "the layer " + name, TarReader.Dialect.SOURCE);
    TreeMap<String, ImageFile> added = new TreeMap<>();
    for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
      String path = entry.path();
      int slash = path.lastIndexOf('/') + 1;
      String last = path.substring(slash);
      if (last.equals(OPAQUE)) {
        remove(path.substring(0, slash));
      } else if (last.startsWith(WHITEOUT)) {
        String gone = path.substring(0, slash) + last.substring(WHITEOUT.length());
        files.remove(gone);
        remove(gone + "/");
      } else {
        if (entry.type() != TarEntry.Type.DIRECTORY) {
          files.remove(path);
        }
        if (entry.type() == TarEntry.Type.FILE) {
          added.put(path, file(entry, tar.content()));
        } else if (entry.type() == TarEntry.Type.HARDLINK) {
          ImageFile target =
              Optional.ofNullable(added.get(entry.link())).orElse(files.get(entry.link()));
          if (target != null) {
            added.put(
                path, new ImageFile(path, layers, target.size(), target.sha256(), target.sha1()));
          }
        }
      }
    }
    files.putAll(added);
  }

  private void remove(String folder) {
    files.subMap(folder, folder + Character.MAX_VALUE).clear();
  }

  private ImageFile file(TarEntry entry, InputStream content) throws IOException {
    MessageDigest sha256 = Digest.sha256();
    MessageDigest sha1 = sha1();
    boolean kept = List.of(PackageDatabase.PATH, OS_RELEASE).contains(entry.path());
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    byte[] buffer = new byte[1 << 16];
    for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
      sha256.update(buffer, 0, n);
      sha1.update(buffer, 0, n);
      if (kept && text.size() < MAX_TEXT) {
        text.write(buffer, 0, n);
      }
    }
    if (kept) {
      texts.put(entry.path(), text.toString(StandardCharsets.UTF_8));
    }
    return new ImageFile(
        entry.path(),
        layers,
        entry.size(),
        Digest.of(sha256),
        HexFormat.of().formatHex(sha1.digest()));
  }

  private static MessageDigest sha1() {
    try {
      return MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-1", e);
    }
  }

  /** Returns the regular files, by path. */
  public List<ImageFile> files() {
    return List.copyOf(files.values());
  }

  /**
   * Returns the packages that the image's own database lists; empty if it has none.
   *
   * @throws FailureException with {@link EvidenceCode#DATABASE_DAMAGED} if it cannot be understood
   */
  public List<InstalledPackage> packages() {
    return files.containsKey(PackageDatabase.PATH)
        ? PackageDatabase.parse(texts.getOrDefault(PackageDatabase.PATH, ""))
        : List.of();
  }

  /** Returns the {@code ID} of the image's os-release; {@code linux} if there is none. */
  public String distribution() {
    return texts
        .getOrDefault(OS_RELEASE, "")
        .lines()
        .filter(line -> line.startsWith("ID="))
        .map(line -> line.substring(3).replaceAll("^[\"']|[\"']$", "").strip())
        .filter(id -> !id.isEmpty())
        .findFirst()
        .orElse("linux");
  }
}
