package io.github.prosodyoci.rootfs.index;

import io.github.prosodyoci.archive.TarEntry;
import io.github.prosodyoci.rootfs.RootfsException;
import io.github.prosodyoci.rootfs.RootfsException.Code;
import io.github.prosodyoci.rootfs.apk.Signatures;
import io.github.prosodyoci.rootfs.apk.TarReader;
import io.github.prosodyoci.rootfs.apk.TrustedKeys;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads a repository's signed index. */
public final class IndexReader {

  private static final int MAX_FILE = 64 << 20;
  private static final int MAX_CONTENT = 512 << 20;

  private IndexReader() {}

  /**
   * Returns the packages that an index lists, in its order.
   *
   * @param file an {@code APKINDEX.tar.gz}
   * @param keys the keys, one of which must have signed it
   * @throws IOException if the file cannot be read
   * @throws RootfsException if it is no index, or signed by no trusted key
   */
  public static List<IndexEntry> read(Path file, TrustedKeys keys) throws IOException {
    if (Files.size(file) > MAX_FILE) {
      throw new RootfsException(
          Code.LIMIT,
          "Could not read "
              + file
              + ": an index has at most "
              + MAX_FILE
              + " bytes. Do not trust where the file came from.");
    }
    String where = file.toString();
    byte[] content = Signatures.open(Files.readAllBytes(file), where, keys, MAX_CONTENT);
    TarReader tar =
        new TarReader(new ByteArrayInputStream(content), where, TarReader.End.ZERO_BLOCKS);
    List<IndexEntry> entries = null;
    for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
      if (entry.path().equals("APKINDEX") && entries == null) {
        byte[] text = tar.content().readAllBytes();
        entries = new IndexParser(new String(text, StandardCharsets.UTF_8), where).parse();
      } else if (!entry.path().equals("DESCRIPTION")) {
        throw new RootfsException(
            Code.APK_FORMAT,
            "Could not read the index "
                + where
                + ": it holds the unexpected file "
                + entry.path()
                + ". Fetch or build it again.");
      }
    }
    if (entries == null) {
      throw new RootfsException(
          Code.APK_FORMAT,
          "Could not read the index " + where + ": it holds no APKINDEX. Fetch or build it again.");
    }
    return entries;
  }
}
