package io.github.prosodyoci.packages.apk;

import io.github.prosodyoci.core.AtomicFiles;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.archive.Gzip;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarWriter;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Writes packages of format apk v2: a signature member, if a signer is given, a control member and
 * one data member (apk-tools, doc/apk-v2.5.scd). The same arguments give the same bytes.
 */
public final class PackageWriter {

  /** The pax record with the hexadecimal SHA-1 of a file's bytes or of a symlink's target. */
  static final String CHECKSUM = "APK-TOOLS.checksum.SHA1";

  private final Optional<Signer> signer;

  /** Creates a writer of packages without a signature; see {@link Signer#sign}. */
  public PackageWriter() {
    this.signer = Optional.empty();
  }

  /** Creates a writer of signed packages. */
  public PackageWriter(Signer signer) {
    this.signer = Optional.of(signer);
  }

  /**
   * Writes a package. Files are put in order and parent folders that are missing are added, owned
   * by root with mode 0755. An installed size of 0 is replaced by the sum of the files' sizes,
   * which is at least 1 if it has any folder, file or script.
   *
   * @param target the {@code .apk} file; it appears whole or not at all
   * @param info what the package says of itself; its build date is the time of the control files
   * @param scripts the scripts, with their {@code #!} line
   * @param files what it installs
   * @return the information as written
   * @throws IOException if a content cannot be read or the package cannot be written
   * @throws FailureException if two files have the same path, or a path is none
   */
  public PackageInfo write(
      Path target, PackageInfo info, Map<ScriptType, String> scripts, List<PackageFile> files)
      throws IOException {
    List<PackageFile> ordered = PackageFiles.arrange(info, files);
    long size = ordered.stream().mapToLong(file -> file.entry().size()).sum();
    // Of a package of size 0, apk 2.14 lays nothing down, not even its folders.
    long least = ordered.isEmpty() && scripts.isEmpty() ? 0 : 1;
    PackageInfo written =
        info.installedSize() == 0 ? info.withInstalledSize(Math.max(size, least)) : info;
    Path folder = target.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    Path data = Files.createTempFile(folder, "." + target.getFileName(), ".data");
    try {
      Digest dataHash = writeData(data, ordered);
      byte[] control = control(written, scripts, dataHash);
      AtomicFiles.write(
          target,
          out -> {
            if (signer.isPresent()) {
              out.write(signer.get().member(new ByteArrayInputStream(control)));
            }
            out.write(control);
            Files.copy(data, out);
          });
    } finally {
      Files.deleteIfExists(data);
    }
    return written;
  }

  /** Writes the data member; returns the digest of its compressed bytes. */
  private static Digest writeData(Path file, List<PackageFile> files) throws IOException {
    MessageDigest sha256 = Digest.sha256();
    OutputStream out =
        new DigestOutputStream(
            new BufferedOutputStream(Files.newOutputStream(file), 1 << 16), sha256);
    try (TarWriter tar = new TarWriter(Gzip.compress(out))) {
      for (PackageFile each : files) {
        TarEntry entry = withChecksum(each);
        try (InputStream content = each.content().open()) {
          tar.add(entry, content);
        }
      }
    }
    return Digest.of(sha256);
  }

  private static TarEntry withChecksum(PackageFile file) throws IOException {
    TarEntry entry = file.entry();
    MessageDigest sha1 = Checksums.sha1();
    if (entry.type() == TarEntry.Type.FILE) {
      try (InputStream content = file.content().open()) {
        byte[] buffer = new byte[1 << 16];
        for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
          sha1.update(buffer, 0, n);
        }
      }
    } else if (entry.type() == TarEntry.Type.SYMLINK) {
      sha1.update(entry.link().getBytes(StandardCharsets.UTF_8));
    } else {
      return entry;
    }
    Map<String, String> headers = new LinkedHashMap<>(entry.paxHeaders());
    headers.put(CHECKSUM, HexFormat.of().formatHex(sha1.digest()));
    return entry.withPaxHeaders(headers);
  }

  private static byte[] control(PackageInfo info, Map<ScriptType, String> scripts, Digest dataHash)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = Gzip.compress(bytes)) {
      TarWriter tar = new TarWriter(gzip);
      add(tar, ".PKGINFO", 0644, info.buildDate(), PkgInfo.format(info, dataHash));
      for (Map.Entry<ScriptType, String> script : new TreeMap<>(scripts).entrySet()) {
        add(tar, "." + script.getKey(), 0755, info.buildDate(), script.getValue());
      }
      tar.cut();
    }
    return bytes.toByteArray();
  }

  private static void add(TarWriter tar, String path, int mode, long mtime, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    tar.add(TarEntry.file(path, mode, bytes.length, mtime), bytes);
  }
}
