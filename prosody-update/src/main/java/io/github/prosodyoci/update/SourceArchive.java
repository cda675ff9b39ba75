package io.github.prosodyoci.update;

import io.github.prosodyoci.verify.VerifyException;
import io.github.prosodyoci.verify.VerifyException.Code;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * What is asked of a source archive ({@code .tar}, {@code .tar.gz}, {@code .tgz}, {@code .tar.bz2},
 * {@code .tar.xz}); nothing is unpacked to disk.
 *
 * @param folders the first parts of the members' paths
 * @param texts the wanted regular files, one char per byte, by their path without its first part
 */
record SourceArchive(Set<String> folders, Map<String, String> texts) {

  private static final int XZ_MEMORY_KIB = 128 << 10;
  private static final int MAXIMUM_ENTRIES = 500_000;
  private static final int MAXIMUM_TEXT = 32 << 20;
  private static final long MAXIMUM_UNPACKED = 4L << 30;

  /** Returns whether a file of this name can be read. */
  static boolean isArchive(String name) {
    return name.matches(".*\\.(tar|tgz|tar\\.(gz|bz2|xz))");
  }

  /**
   * Reads an archive whose digest was verified.
   *
   * @param file the archive
   * @param name its name, which shows its format
   * @param wanted which files to keep, by their path without its first part
   * @throws VerifyException with {@link Code#OTHER_VERSION} if it is malformed or unpacks to too
   *     much
   */
  static SourceArchive read(Path file, String name, Predicate<String> wanted) {
    Set<String> folders = new TreeSet<>();
    Map<String, String> texts = new HashMap<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        TarArchiveInputStream tar = new TarArchiveInputStream(unpacked(in, name), "UTF-8")) {
      int entries = 0;
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (++entries > MAXIMUM_ENTRIES || tar.getBytesRead() > MAXIMUM_UNPACKED) {
          throw new IOException("it unpacks to too much");
        }
        String path = entry.getName().replaceFirst("^(\\./)+", "");
        int slash = path.indexOf('/');
        String first = slash < 0 ? path : path.substring(0, slash);
        if (!first.isEmpty() && !first.equals(".")) {
          folders.add(first);
        }
        String rest = path.substring(slash + 1);
        if (slash >= 0 && entry.isFile() && wanted.test(rest)) {
          byte[] text = tar.readNBytes(MAXIMUM_TEXT + 1);
          if (text.length > MAXIMUM_TEXT) {
            throw new IOException(rest + " is larger than " + MAXIMUM_TEXT + " bytes");
          }
          texts.put(rest, new String(text, StandardCharsets.ISO_8859_1));
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new VerifyException(
          Code.OTHER_VERSION, name, "it cannot be unpacked: " + e.getMessage(), e);
    }
    return new SourceArchive(folders, texts);
  }

  private static InputStream unpacked(InputStream in, String name) throws IOException {
    if (name.endsWith(".gz") || name.endsWith(".tgz")) {
      return new GZIPInputStream(in, 1 << 16);
    } else if (name.endsWith(".bz2")) {
      return new BZip2CompressorInputStream(in, true);
    } else if (name.endsWith(".xz")) {
      return new XZInputStream(in, XZ_MEMORY_KIB);
    }
    return in;
  }
}
