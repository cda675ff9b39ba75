package io.github.prosodyoci.packages.index;

import io.github.prosodyoci.core.AtomicFiles;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Version;
import io.github.prosodyoci.core.archive.Gzip;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarWriter;
import io.github.prosodyoci.packages.apk.Apk;
import io.github.prosodyoci.packages.apk.PackageInfo;
import io.github.prosodyoci.packages.apk.Signer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Writes the signed index of a repository's folder of packages. */
public final class IndexWriter {

  private final Signer signer;

  /** Creates a writer that signs with a key. */
  public IndexWriter(Signer signer) {
    this.signer = signer;
  }

  /**
   * Writes an index of packages, sorted by name and version.
   *
   * @param index the file to write, {@code APKINDEX.tar.gz} beside the packages
   * @param packages the packages' files
   * @param description what the repository is, one line of at most 160 bytes
   * @return the entries as written
   * @throws IOException if a package cannot be read or the index not be written
   * @throws FailureException if a file is no package
   */
  public List<IndexEntry> write(Path index, Collection<Path> packages, String description)
      throws IOException {
    return write(index, "", packages, description);
  }

  /**
   * Writes an index of packages, sorted by name and version.
   *
   * @param index the file to write, {@code APKINDEX.tar.gz} beside the packages
   * @param architecture what packages for any architecture are listed as: apk looks for them in the
   *     folder of this name; empty to list them as {@code noarch}
   * @param packages the packages' files
   * @param description what the repository is, one line of at most 160 bytes
   * @return the entries as written
   * @throws IOException if a package cannot be read or the index not be written
   * @throws FailureException if a file is no package
   */
  public List<IndexEntry> write(
      Path index, String architecture, Collection<Path> packages, String description)
      throws IOException {
    List<IndexEntry> entries = new ArrayList<>();
    for (Path file : packages) {
      Apk apk = Apk.read(file);
      PackageInfo info = apk.info();
      boolean any = info.architecture().equals("noarch") && !architecture.isEmpty();
      entries.add(
          new IndexEntry(
              any ? info.withArchitecture(architecture) : info, apk.identity(), apk.size(), true));
    }
    entries.sort(
        Comparator.comparing((IndexEntry entry) -> entry.info().name())
            .thenComparing(entry -> new Version(entry.info().version()))
            .thenComparing(IndexEntry::identity));
    byte[] content = content(entries, description);
    AtomicFiles.write(
        index,
        out -> {
          out.write(signer.member(new ByteArrayInputStream(content)));
          out.write(content);
        });
    return entries;
  }

  private static byte[] content(List<IndexEntry> entries, String description) throws IOException {
    long time = entries.stream().mapToLong(entry -> entry.info().buildDate()).max().orElse(0);
    StringBuilder text = new StringBuilder();
    entries.forEach(entry -> IndexFields.write(text, entry).append('\n'));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = Gzip.compress(bytes);
        TarWriter tar = new TarWriter(gzip)) {
      add(tar, "DESCRIPTION", time, description);
      add(tar, "APKINDEX", time, text.toString());
    }
    return bytes.toByteArray();
  }

  private static void add(TarWriter tar, String path, long mtime, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    tar.add(TarEntry.file(path, 0644, bytes.length, mtime), bytes);
  }
}
