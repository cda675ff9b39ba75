package io.github.prosodyoci.compile.source;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarReader;
import io.github.prosodyoci.fetch.debian.Deb822;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;

/**
 * Reads a Debian binary package (deb(5)): an {@code ar} archive of {@code debian-binary}, {@code
 * control.tar} and {@code data.tar}, in this order.
 */
public final class DebPackage {

  private static final int MAX_CONTROL = 1 << 18;
  private static final int FIRST_MEMBER = 4;

  private final String name;
  private final Compression compression;
  private final ArArchiveInputStream ar;
  private final Deb822 control;

  private DebPackage(
      String name, Compression compression, ArArchiveInputStream ar, Deb822 control) {
    this.name = name;
    this.compression = compression;
    this.ar = ar;
    this.control = control;
  }

  /**
   * Reads the control data of a package.
   *
   * @param in the package's bytes; not closed
   * @param name its file name, for messages
   * @throws FailureException with {@link CompileCode#SOURCE_ARCHIVE} if this is not such a package
   */
  public static DebPackage open(InputStream in, String name) throws IOException {
    Compression compression = new Compression(name);
    ArArchiveInputStream ar =
        new ArArchiveInputStream(new BufferedInputStream(compression.guarded(in), 1 << 16));
    String version = member(ar, "debian-binary", name);
    if (!version.equals("debian-binary")) {
      throw refused(name, "it begins with " + version + ", not with debian-binary");
    }
    byte[] format = ar.readNBytes(FIRST_MEMBER);
    if (!new String(format, StandardCharsets.US_ASCII).startsWith("2.")) {
      throw refused(name, "its format is not 2.0 (deb(5))");
    }
    String member = member(ar, "control.tar", name);
    Deb822 control = control(compression.decompressed(ar, member), name);
    return new DebPackage(name, compression, ar, control);
  }

  private static Deb822 control(InputStream in, String name) throws IOException {
    TarReader tar = new TarReader(in, name, TarReader.Dialect.SOURCE);
    for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
      if (entry.path().equals("control") && entry.type() == TarEntry.Type.FILE) {
        byte[] text = tar.content().readNBytes(MAX_CONTROL);
        return Deb822.parse(
            new String(text, StandardCharsets.UTF_8),
            found -> refused(name, "its control file: " + found));
      }
    }
    throw refused(name, "it has no control file");
  }

  /** Goes to the next member, which must be the one expected; returns its whole name. */
  private static String member(ArArchiveInputStream ar, String expected, String name) {
    ArArchiveEntry entry;
    try {
      entry = ar.getNextEntry();
    } catch (IOException e) {
      throw new Compression(name).damaged(e);
    }
    if (entry == null || !entry.getName().startsWith(expected)) {
      throw refused(name, "it has no " + expected);
    }
    return entry.getName();
  }

  /** Returns a field of the control data, such as {@code Architecture}. */
  public Optional<String> field(String field) {
    return control.find(field);
  }

  /**
   * Returns the files of the package; to be called once.
   *
   * @throws FailureException with {@link CompileCode#SOURCE_ARCHIVE} if it has none
   */
  public TarReader data() throws IOException {
    String member = member(ar, "data.tar", name);
    return new TarReader(compression.decompressed(ar, member), name, TarReader.Dialect.SOURCE);
  }

  private static FailureException refused(String name, String found) {
    return Failure.of(CompileCode.SOURCE_ARCHIVE, "unpack", name, found)
        .expecting("a Debian package")
        .toException();
  }
}
