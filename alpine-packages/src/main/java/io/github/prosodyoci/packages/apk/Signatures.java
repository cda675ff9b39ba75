package io.github.prosodyoci.packages.apk;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarReader;
import io.github.prosodyoci.packages.PackageCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The signature member of a package or index. */
public final class Signatures {

  private static final String PREFIX = ".SIGN.";
  private static final int MAX_SIGNATURE = 1 << 16;
  private static final int MAX_MEMBER = 4 << 20;

  private Signatures() {}

  /** Returns whether the content of a gzip member is that of a signature member. */
  static boolean isSignature(byte[] tar) {
    return tar.length > PREFIX.length()
        && new String(tar, 0, PREFIX.length(), StandardCharsets.ISO_8859_1).equals(PREFIX);
  }

  /**
   * Returns the signatures in a signature member's content.
   *
   * @throws FailureException if it holds anything else ({@code apk-format})
   */
  static List<TrustedKeys.Found> read(byte[] content, String where) throws IOException {
    TarReader tar =
        new TarReader(new ByteArrayInputStream(content), where, TarReader.Dialect.SEGMENT);
    List<TrustedKeys.Found> found = new ArrayList<>();
    for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
      String[] parts = entry.path().split("\\.", 4);
      if (!entry.path().startsWith(PREFIX)
          || parts.length != 4
          || entry.type() != TarEntry.Type.FILE) {
        throw Failure.of(
                PackageCode.APK_FORMAT,
                "read",
                where,
                "its signature part holds " + Reasons.printable(entry.path()))
            .advising("Do not trust where the file came from.")
            .toException();
      }
      if (entry.size() > MAX_SIGNATURE) {
        throw Failure.of(
                PackageCode.LIMIT, "read", where, "a signature has " + entry.size() + " bytes")
            .expecting("at most " + MAX_SIGNATURE)
            .toException();
      }
      found.add(new TrustedKeys.Found(parts[2], parts[3], tar.content().readAllBytes()));
    }
    return found;
  }

  /** Takes the content of a file whose signature was found good. */
  @FunctionalInterface
  public interface Reader<T> {
    /**
     * Returns what the content says.
     *
     * @throws IOException if it cannot be read
     */
    T read(InputStream content) throws IOException;
  }

  /**
   * Reads a signed two-member file, as an index is one.
   *
   * @param reader is shown the content of the second member, which it must read to its end
   * @throws IOException if the file cannot be read
   * @throws FailureException if it is not of that form, or signed by no trusted key
   */
  public static <T> T open(byte[] file, String where, TrustedKeys keys, Reader<T> reader)
      throws IOException {
    try (GzipMembers members = new GzipMembers(new ByteArrayInputStream(file), where)) {
      byte[] first = members.readAll((bytes, offset, length) -> {}, MAX_MEMBER);
      List<TrustedKeys.Found> found = isSignature(first) ? read(first, where) : List.of();
      int start = (int) members.offset();
      keys.verify(found, Arrays.copyOfRange(file, start, file.length), where);
      T result;
      try (InputStream content = members.next((bytes, offset, length) -> {})) {
        result = reader.read(content);
        if (content.read() >= 0 || members.hasNext()) {
          throw Failure.of(PackageCode.APK_FORMAT, "read", where, "more follows its second part")
              .toException();
        }
      }
      return result;
    }
  }
}
