package io.github.prosodyoci.packages.apk;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureCode;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.archive.ArchiveCode;
import io.github.prosodyoci.core.archive.EntryPath;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarReader;
import io.github.prosodyoci.packages.PackageCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A package file whose signature and control parts were read; its files stay in the file until they
 * are asked for, and are checked against the control part as they stream by.
 *
 * @param file the {@code .apk}
 * @param info what it says of itself
 * @param scripts its scripts
 * @param identity the checksum of the compressed control member, {@code Q1…}, as in an index
 * @param dataHash the digest of the compressed data member
 * @param dataOffset where the data member begins
 * @param size the file's size in bytes
 * @param signature what it is signed with, such as {@code RSA256.local.rsa.pub}; empty if that was
 *     not asked for
 */
public record Apk(
    Path file,
    PackageInfo info,
    Map<ScriptType, String> scripts,
    String identity,
    Digest dataHash,
    long dataOffset,
    long size,
    Optional<String> signature) {

  private static final long MAX_DATA = 16L << 30;

  /** The most entries; a path that is kept to find it twice takes some 150 bytes. */
  private static final long MAX_ENTRIES =
      Math.min(2_000_000, Runtime.getRuntime().maxMemory() / 400);

  /** Is shown each file of a package. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * Takes one entry.
     *
     * @param checksum the checksum of its bytes or link target, {@code Q1…}, as the package states
     *     it; empty if it states none
     * @param content its bytes; need not be read
     * @throws IOException if what is done with it fails
     */
    void visit(TarEntry entry, String checksum, InputStream content) throws IOException;
  }

  /** Copies the map. */
  public Apk {
    scripts = Collections.unmodifiableMap(new LinkedHashMap<>(scripts));
  }

  /**
   * Reads a package that an index vouches for, or that was just made here; its signature is not
   * checked.
   *
   * @throws IOException if the file cannot be read
   * @throws FailureException if it is no package
   */
  public static Apk read(Path file) throws IOException {
    return ApkReader.read(file, Optional.empty());
  }

  /**
   * Reads a package that an index vouches for; its signature is not checked.
   *
   * @param identity the checksum of its control member that the index states, {@code Q1…}
   * @param name the name and version that the index states, as in {@code lua5.4-5.4.7-r0}
   * @throws IOException if the file cannot be read
   * @throws FailureException if it is no package, or another one ({@code apk-identity})
   */
  public static Apk read(Path file, String identity, String name) throws IOException {
    Apk apk = read(file);
    if (!apk.identity.equals(identity) || !apk.info.nameVersion().equals(name)) {
      throw Failure.of(
              PackageCode.APK_IDENTITY,
              "trust",
              file.toString(),
              "it is " + apk.info.nameVersion() + " with the checksum " + apk.identity)
          .expecting(name + " with " + identity + ", as the index says")
          .advising(
              "Fetch the package again, from another mirror if need be; if the repository has"
                  + " changed, fetch its index again too.")
          .toException();
    }
    return apk;
  }

  /**
   * Reads a package and checks its signature.
   *
   * @throws IOException if the file cannot be read
   * @throws FailureException if it is no package, or signed by no trusted key
   */
  public static Apk read(Path file, TrustedKeys keys) throws IOException {
    return ApkReader.read(file, Optional.of(keys));
  }

  /**
   * Shows all files in their order. What the visitor is shown is proven only once this method
   * returns: if it throws, all that was made of it must be thrown away.
   *
   * @throws IOException if the file cannot be read, or from the visitor
   * @throws FailureException if the files are not those that the control part names ({@code
   *     apk-datahash}), or break the format
   */
  public void visit(Visitor visitor) throws IOException {
    MessageDigest sha256 = Digest.sha256();
    try (GzipMembers members = new GzipMembers(file, dataOffset)) {
      try (InputStream data = members.next(sha256::update)) {
        visitEntries(new TarReader(data, file.toString(), TarReader.Dialect.ARCHIVE), visitor);
        if (data.read() >= 0 || members.hasNext()) {
          throw Failure.of(
                  PackageCode.APK_FORMAT, "read", file.toString(), "more follows its files")
              .toException();
        }
      }
    }
    Digest found = Digest.of(sha256);
    if (!found.equals(dataHash)) {
      throw Failure.of(
              PackageCode.APK_DATAHASH,
              "trust",
              "the files of " + file,
              "their datahash is " + found)
          .expecting(dataHash.toString())
          .toException();
    }
  }

  private void visitEntries(TarReader tar, Visitor visitor) throws IOException {
    Set<String> seen = new HashSet<>();
    Set<String> others = new HashSet<>();
    Set<String> folders = new HashSet<>();
    folders.add("");
    long total = 0;
    for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
      String path = entry.path();
      total += entry.size();
      if (total > MAX_DATA) {
        throw error(PackageCode.LIMIT, "its files have more than " + MAX_DATA + " bytes");
      }
      if (path.startsWith(".")) {
        if (path.startsWith(".SIGN.")
            || path.equals(".PKGINFO")
            || ScriptType.of(path.substring(1)).isPresent()) {
          throw error(
              PackageCode.APK_FORMAT, path + " is among its files, not in its control part");
        }
        // Apk passes over all else whose path begins with a dot, such as abuild's .dummy.
        continue;
      }
      if (!folders.contains(EntryPath.parent(path))) {
        throw error(
            ArchiveCode.TAR_ESCAPE,
            "the folder of " + path + " does not come before it as a folder");
      }
      if (entry.type() == TarEntry.Type.HARDLINK
          && (!seen.contains(entry.link()) || others.contains(entry.link()))) {
        throw error(
            ArchiveCode.TAR_ESCAPE, "the hard link " + path + " leads to no file before it");
      }
      if (!seen.add(path)) {
        throw error(PackageCode.APK_FORMAT, path + " stands twice in it");
      }
      if (seen.size() > MAX_ENTRIES) {
        throw error(PackageCode.LIMIT, "it has more than " + MAX_ENTRIES + " files");
      }
      if (entry.type() == TarEntry.Type.DIRECTORY) {
        folders.add(path);
      }
      if (entry.type() != TarEntry.Type.FILE && entry.type() != TarEntry.Type.HARDLINK) {
        others.add(path);
      }
      visitor.visit(withoutChecksum(entry), checksum(entry), tar.content());
    }
  }

  private String checksum(TarEntry entry) {
    String text = entry.paxHeaders().getOrDefault(PackageWriter.CHECKSUM, "");
    if (text.isEmpty()) {
      return text;
    }
    if (!text.matches("[0-9a-f]{40}")) {
      throw error(PackageCode.APK_FORMAT, "the checksum of " + entry.path() + " is no SHA-1");
    }
    return Checksums.q1OfHash(HexFormat.of().parseHex(text));
  }

  private static TarEntry withoutChecksum(TarEntry entry) {
    Map<String, String> headers = new LinkedHashMap<>(entry.paxHeaders());
    headers.keySet().removeIf(key -> key.startsWith("APK-TOOLS."));
    return entry.withPaxHeaders(headers);
  }

  private FailureException error(FailureCode code, String reason) {
    return Failure.of(code, "use", file.toString(), reason).toException();
  }

  /**
   * Reads all files and checks them.
   *
   * @throws IOException if the file cannot be read
   * @throws FailureException if they are not those that the control part names
   */
  public void verify() throws IOException {
    visit(
        (entry, checksum, content) -> {
          MessageDigest sha1 = Checksums.sha1();
          if (entry.type() == TarEntry.Type.SYMLINK) {
            sha1.update(entry.link().getBytes(StandardCharsets.UTF_8));
          } else {
            content.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), sha1));
          }
          if (!checksum.isEmpty() && !checksum.equals(Checksums.q1OfHash(sha1.digest()))) {
            throw error(PackageCode.APK_DATAHASH, "the checksum of " + entry.path() + " is wrong");
          }
        });
  }

  /**
   * Lays the files down in a folder as an ordinary user, for a sysroot: the owners are the user's
   * own, set-id bits are left out. Files of packages laid down before are replaced.
   *
   * @throws IOException if a file cannot be written
   * @throws FailureException if the files are not those that the control part names, or a path
   *     leads out of the folder
   */
  public void extract(Path folder) throws IOException {
    verify();
    visit(new Extractor(folder, file.toString()));
  }
}
