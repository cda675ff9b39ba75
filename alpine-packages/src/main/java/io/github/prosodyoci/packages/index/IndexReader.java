package io.github.prosodyoci.packages.index;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarReader;
import io.github.prosodyoci.packages.PackageCode;
import io.github.prosodyoci.packages.apk.Signatures;
import io.github.prosodyoci.packages.apk.TrustedKeys;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Reads a repository's signed index. */
public final class IndexReader {

  private static final int MAX_FILE = 32 << 20;

  private IndexReader() {}

  /**
   * Returns the packages that an index lists, in its order.
   *
   * @param file an {@code APKINDEX.tar.gz}
   * @param keys the keys, one of which must have signed it
   * @throws IOException if the file cannot be read
   * @throws FailureException if it is no index, one of its records is damaged, or it is signed by
   *     no trusted key
   */
  public static List<IndexEntry> read(Path file, TrustedKeys keys) throws IOException {
    return read(
        file,
        keys,
        failure -> {
          throw failure;
        });
  }

  /**
   * Returns the packages that an index lists, in its order, without those whose records are
   * damaged.
   *
   * @param file an {@code APKINDEX.tar.gz}
   * @param keys the keys, one of which must have signed it
   * @param unusable is shown why a record is left out
   * @throws IOException if the file cannot be read
   * @throws FailureException if it is no index, or signed by no trusted key
   */
  public static List<IndexEntry> read(
      Path file, TrustedKeys keys, Consumer<FailureException> unusable) throws IOException {
    if (Files.size(file) > MAX_FILE) {
      throw limit(file.toString(), "an index has at most " + MAX_FILE);
    }
    String where = file.toString();
    return Signatures.open(
        Files.readAllBytes(file), where, keys, content -> entries(content, where, unusable));
  }

  private static List<IndexEntry> entries(
      InputStream content, String where, Consumer<FailureException> unusable) throws IOException {
    IndexLimits limits = IndexLimits.of(Runtime.getRuntime().maxMemory());
    TarReader tar = new TarReader(content, where, TarReader.Dialect.ARCHIVE);
    List<IndexEntry> entries = null;
    for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
      IndexLimits.check(entry.size(), limits.content(), where, "bytes in " + entry.path());
      boolean file = entry.type() == TarEntry.Type.FILE;
      if (file && entry.path().equals("APKINDEX") && entries == null) {
        byte[] text = new byte[(int) entry.size()];
        tar.content().readNBytes(text, 0, text.length);
        entries = new IndexParser(text, where, limits, unusable).parse();
      } else if (!file || !entry.path().equals("DESCRIPTION")) {
        throw Failure.of(
                PackageCode.APK_FORMAT,
                "read",
                "the index " + where,
                "it holds the unexpected file " + entry.path())
            .toException();
      }
    }
    if (entries == null) {
      throw Failure.of(PackageCode.APK_FORMAT, "read", "the index " + where, "it holds no APKINDEX")
          .toException();
    }
    return entries;
  }

  private static FailureException limit(String where, String rule) {
    return Failure.of(PackageCode.LIMIT, "read", where, rule + " bytes").toException();
  }
}
