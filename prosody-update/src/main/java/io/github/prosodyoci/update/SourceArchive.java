package io.github.prosodyoci.update;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.core.archive.LimitedStream;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarReader;
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
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Some files of a source archive ({@code .tar}, {@code .tar.gz}, {@code .tgz}, {@code .tar.bz2},
 * {@code .tar.xz}); nothing is unpacked to disk.
 *
 * @param folders the first parts of the members' paths
 * @param texts the wanted regular files, one char per byte, by their path without its first part
 */
record SourceArchive(Set<String> folders, Map<String, String> texts) {

  private static final int XZ_MEMORY_KIB = 128 << 10;
  private static final int MAXIMUM_TEXTS = 64 << 20;
  private static final long MAXIMUM_UNPACKED = 4L << 30;

  /** Returns whether a file of this name can be read. */
  static boolean isArchive(String name) {
    return name.matches(".*\\.(tar|tgz|tar\\.(gz|bz2|xz))");
  }

  /** Reads a release of upstream as {@link #read(Path, String, Predicate, long)} does. */
  static SourceArchive read(Path file, String name, Predicate<String> wanted) throws IOException {
    return read(file, name, wanted, MAXIMUM_UNPACKED);
  }

  /**
   * Reads an archive whose digest was verified.
   *
   * @param file the archive
   * @param name its name, which shows its format
   * @param wanted which files to keep, by their path without its first part
   * @param maximum how many bytes it may unpack to
   * @throws FailureException with {@link UpdateCode#UNREADABLE_ARCHIVE} if it is malformed or
   *     unpacks to too much
   * @throws IOException if the file cannot be opened
   */
  static SourceArchive read(Path file, String name, Predicate<String> wanted, long maximum)
      throws IOException {
    SourceArchive archive = new SourceArchive(new TreeSet<>(), new HashMap<>());
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      archive.read(in, name, wanted, maximum);
    }
    return archive;
  }

  private void read(InputStream in, String name, Predicate<String> wanted, long maximum) {
    try {
      TarReader tar =
          new TarReader(
              new LimitedStream(unpacked(in, name), maximum), name, TarReader.Dialect.SOURCE);
      int left = MAXIMUM_TEXTS;
      for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
        String path = entry.path();
        int slash = path.indexOf('/');
        folders.add(slash < 0 ? path : path.substring(0, slash));
        String rest = path.substring(slash + 1);
        if (slash >= 0 && entry.type() == TarEntry.Type.FILE && wanted.test(rest)) {
          byte[] text = tar.content().readNBytes(left + 1);
          left -= text.length;
          if (left < 0) {
            throw new IOException("its texts have more than " + MAXIMUM_TEXTS + " bytes");
          }
          texts.put(rest, new String(text, StandardCharsets.ISO_8859_1));
        }
      }
    } catch (FailureException e) {
      throw UpdateCode.UNREADABLE_ARCHIVE.unreadable(name, e.failure().found(), e);
    } catch (IOException e) {
      if (FileFailures.isInterrupt(e)) {
        throw FileFailures.interrupted("read", name, e);
      }
      throw UpdateCode.UNREADABLE_ARCHIVE.unreadable(
          name, "it cannot be unpacked: " + Reasons.of(e), e);
    }
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
