package io.github.prosodyoci.packages.apk;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.archive.RawTar;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Writes package and index files member by member, right or wrong. */
public final class RawApk {

  private static final String PKGINFO =
      "pkgname = hello\npkgver = 1-r0\narch = x86_64\ndatahash = %s\n";

  private final List<byte[]> members = new ArrayList<>();

  /** Returns a gzip member with some content. */
  public static byte[] gzip(byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Returns the text of a .PKGINFO that names a compressed data member. */
  static String pkgInfo(byte[] data) {
    return PKGINFO.formatted(Digest.of(data).hex());
  }

  /** Returns the content of a control member that names a compressed data member. */
  public static byte[] sampleControl(byte[] data) {
    return new RawTar()
        .file(
            ".PKGINFO",
            "# made\n" + pkgInfo(data) + "depend = a>1\nprovides = b=2\nsize = 5\ntriggers = /x\n")
        .file(".post-install", "#!/bin/sh\n")
        .cut();
  }

  /** Returns a package with these files, unsigned. */
  public static RawApk of(byte[] dataTar) {
    byte[] data = gzip(dataTar);
    return of(pkgInfo(data), data);
  }

  static RawApk of(String pkgInfo, byte[] data) {
    return new RawApk().member(gzip(new RawTar().file(".PKGINFO", pkgInfo).cut())).member(data);
  }

  /** Adds bytes, a whole gzip member or not. */
  public RawApk member(byte[] bytes) {
    members.add(bytes);
    return this;
  }

  /** Puts a signature member with some content in front. */
  public RawApk signedBy(byte[] signatureTar) {
    members.add(0, gzip(signatureTar));
    return this;
  }

  /** Returns the bytes that a signature covers: the first member, or all of an index. */
  byte[] first() {
    return members.get(0);
  }

  static byte[] signature(PrivateKey key, String algorithm, byte[] signed) {
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(signed);
      return signature.sign();
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns the whole file. */
  public byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    members.forEach(out::writeBytes);
    return out.toByteArray();
  }

  Path write(Path folder) throws IOException {
    return Files.write(folder.resolve("hello-1-r0.apk"), bytes());
  }

  /** Returns the package with a signer's signature member in front. */
  public RawApk sign(Signer signer) throws IOException {
    members.add(0, signer.member(new ByteArrayInputStream(first())));
    return this;
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
