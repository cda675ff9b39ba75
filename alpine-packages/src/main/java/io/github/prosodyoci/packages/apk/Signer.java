package io.github.prosodyoci.packages.apk;

import io.github.prosodyoci.core.AtomicFiles;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.core.archive.Gzip;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarWriter;
import io.github.prosodyoci.packages.PackageCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.regex.Pattern;

/** Signs packages and indexes with an RSA key over SHA-256 ({@code .SIGN.RSA256.<key>}). */
public final class Signer {

  private static final int MIN_BITS = 2048;
  private static final Pattern KEY_NAME = Pattern.compile("[A-Za-z0-9_@][A-Za-z0-9_@.+-]*");

  private final RSAPrivateCrtKey key;
  private final String keyName;

  private Signer(RSAPrivateCrtKey key, String keyName) {
    this.key = key;
    this.keyName = checkKeyName(keyName);
    checkLength(key, keyName);
  }

  /**
   * Checks that a key is long enough.
   *
   * @throws FailureException if it is not ({@code apk-weak-sig})
   */
  static <K extends RSAKey> K checkLength(K key, String keyName) {
    if (key.getModulus().bitLength() < MIN_BITS) {
      throw Failure.of(
              PackageCode.APK_WEAK_SIGNATURE,
              "use",
              "the key " + keyName,
              "it has " + key.getModulus().bitLength() + " bits")
          .expecting("at least " + MIN_BITS)
          .advising("Make a new key, or use a repository with a longer one.")
          .toException();
    }
    return key;
  }

  /**
   * Checks that a key's file name is a plain one.
   *
   * @throws FailureException if it is not ({@code bad-name})
   */
  static String checkKeyName(String keyName) {
    if (!KEY_NAME.matcher(keyName).matches()) {
      throw Failure.of(
              PackageCode.BAD_NAME,
              "use",
              "the key name '" + Reasons.printable(keyName) + "'",
              "it is not a plain file name")
          .expecting("one such as me@example.org-5f3a.rsa.pub")
          .toException();
    }
    return keyName;
  }

  /**
   * Returns a signer with a new key.
   *
   * @param keyName the public key's file name in {@code /etc/apk/keys}, such as {@code
   *     local.rsa.pub}
   * @param bits the key's length, at least 2048; abuild uses 4096
   */
  public static Signer generate(String keyName, int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      return new Signer((RSAPrivateCrtKey) generator.generateKeyPair().getPrivate(), keyName);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has RSA", e);
    }
  }

  /**
   * Returns a signer with the key of a PEM file, in PKCS #8 or PKCS #1 form, without a password.
   *
   * @param keyName the public key's file name in {@code /etc/apk/keys}
   * @throws IOException if the file cannot be read
   * @throws FailureException if it holds no such key
   */
  public static Signer read(Path pem, String keyName) throws IOException {
    return new Signer(Pem.privateKey(Files.readString(pem), pem.toString()), keyName);
  }

  /** Returns the public key's file name, such as {@code local.rsa.pub}. */
  public String keyName() {
    return keyName;
  }

  /** Returns the private key as PEM text (PKCS #8). */
  public String privateKeyPem() {
    return Pem.text("PRIVATE KEY", key.getEncoded());
  }

  /** Returns the public key as PEM text, as it stands in {@code /etc/apk/keys}. */
  public String publicKeyPem() {
    try {
      PublicKey publicKey =
          KeyFactory.getInstance("RSA")
              .generatePublic(new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent()));
      return Pem.text("PUBLIC KEY", publicKey.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has RSA", e);
    }
  }

  /**
   * Writes a signed copy of an unsigned package.
   *
   * @param unsigned a package without a signature member
   * @param signed the file to write; may be the same one
   * @throws IOException if one cannot be read or the other not written
   * @throws FailureException if {@code unsigned} is no package without a signature
   */
  public void sign(Path unsigned, Path signed) throws IOException {
    byte[] member;
    try (GzipMembers members = new GzipMembers(unsigned)) {
      member = member(new ByteArrayInputStream(members.nextRaw(ApkReader.MAX_CONTROL)));
    }
    AtomicFiles.write(
        signed,
        out -> {
          out.write(member);
          Files.copy(unsigned, out);
        });
  }

  /**
   * Returns the gzip member to put in front of what it signs. Its length depends on the key's
   * length and name alone, so that a repository's index does not vary with the key.
   *
   * @param signed the compressed control member of a package, or the compressed index
   * @throws IOException if the stream cannot be read
   */
  public byte[] member(InputStream signed) throws IOException {
    byte[] signature = signature(signed);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = Gzip.store(bytes)) {
      TarWriter tar = new TarWriter(gzip);
      tar.add(TarEntry.file(".SIGN.RSA256." + keyName, 0644, signature.length, 0), signature);
      tar.cut();
    }
    return bytes.toByteArray();
  }

  private byte[] signature(InputStream signed) throws IOException {
    try {
      Signature rsa = Signature.getInstance("SHA256withRSA");
      rsa.initSign(key);
      byte[] buffer = new byte[1 << 16];
      for (int n = signed.read(buffer); n >= 0; n = signed.read(buffer)) {
        rsa.update(buffer, 0, n);
      }
      return rsa.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Could not sign with RSA key " + keyName, e);
    }
  }
}
