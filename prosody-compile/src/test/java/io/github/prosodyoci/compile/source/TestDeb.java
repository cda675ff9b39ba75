package io.github.prosodyoci.compile.source;

import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;

/** Writes Debian packages (deb(5)). */
public final class TestDeb {

  private TestDeb() {}

  /** Writes the files of a package. */
  @FunctionalInterface
  public interface Files {
    /** Adds them. */
    void addTo(TarWriter tar) throws IOException;
  }

  /** Returns a package for an architecture. */
  public static byte[] of(String architecture, Files files) throws IOException {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    try (TarWriter tar = new TarWriter(data)) {
      files.addTo(tar);
    }
    return of(architecture, "data.tar", data.toByteArray());
  }

  /** Returns a package with some archive of files. */
  public static byte[] of(String architecture, String dataName, byte[] data) throws IOException {
    byte[] fields =
        ("Package: test\nVersion: 1:2-3\nArchitecture: " + architecture + "\n")
            .getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream control = new ByteArrayOutputStream();
    try (TarWriter tar = new TarWriter(control)) {
      tar.add(TarEntry.file("control", 0644, fields.length, 0), fields);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ArArchiveOutputStream ar = new ArArchiveOutputStream(bytes)) {
      add(ar, "debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII));
      add(ar, "control.tar", control.toByteArray());
      add(ar, dataName, data);
    }
    return bytes.toByteArray();
  }

  private static void add(ArArchiveOutputStream ar, String name, byte[] content)
      throws IOException {
    ar.putArchiveEntry(new ArArchiveEntry(name, content.length));
    ar.write(content);
    ar.closeArchiveEntry();
  }
}
