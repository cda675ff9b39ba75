package io.github.prosodyoci.compile.cache;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.LockFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The Ed25519 key (RFC 8032) that vouches for cached packages: one file with a private key (RFC
 * 5958) and its public half (RFC 5280), both as PEM, that only its owner can read.
 */
public final class StatementKey {

  private static final String ALGORITHM = "Ed25519";
  private static final String PRIVATE = "PRIVATE KEY";
  private static final String PUBLIC = "PUBLIC KEY";

  private final PrivateKey privateKey;
  private final PublicKey publicKey;

  private StatementKey(PrivateKey privateKey, PublicKey publicKey) {
    this.privateKey = privateKey;
    this.publicKey = publicKey;
  }

  /**
   * Reads a key, which is created first if there is none.
   *
   * @param file the key's file, in a folder that only this user can write to
   * @throws FailureException if others could have read or written the key, or it is damaged ({@code
   *     cache-key})
   * @throws IOException if it cannot be read or created
   * @throws InterruptedException if this thread is interrupted while another build creates the key
   */
  public static StatementKey open(Path file) throws IOException, InterruptedException {
    return open(file, OwnFiles.ofThisUser());
  }

  static StatementKey open(Path file, OwnFiles own) throws IOException, InterruptedException {
    Path place = file.toAbsolutePath();
    Path folder = place.getParent();
    if (folder == null) {
      throw unusable(place, "it is not a file");
    }
    OwnFiles.makeFolder(folder, "rwx------");
    refuse(place, own.objectionToFolder(folder));
    if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      LockFile lock = LockFile.beside(place, () -> {});
      try (lock) {
        if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
          make(folder, place);
        }
      }
    }
    refuse(place, own.objectionToFile(place, OwnFiles.ACCESSIBLE));
    return read(place);
  }

  private static void refuse(Path file, Optional<String> objection) {
    if (objection.isPresent()) {
      throw unusable(file, objection.get());
    }
  }

  private static FailureException unusable(Path file, String found) {
    return Failure.of(CompileCode.CACHE_KEY, "use", "the package cache's key " + file, found)
        .toException();
  }

  private static void make(Path folder, Path file) throws IOException {
    KeyPair pair;
    try {
      pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform from 15 on has Ed25519", e);
    }
    // A temporary file is its owner's alone, and stays so when it is renamed.
    Path temporary = Files.createTempFile(folder, ".key", ".part");
    try {
      Files.writeString(
          temporary,
          pem(PRIVATE, pair.getPrivate().getEncoded())
              + pem(PUBLIC, pair.getPublic().getEncoded()));
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static String pem(String label, byte[] der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }

  private static StatementKey read(Path file) throws IOException {
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    try {
      KeyFactory factory = KeyFactory.getInstance(ALGORITHM);
      StatementKey key =
          new StatementKey(
              factory.generatePrivate(new PKCS8EncodedKeySpec(der(text, PRIVATE))),
              factory.generatePublic(new X509EncodedKeySpec(der(text, PUBLIC))));
      byte[] probe = {1};
      if (!key.verifies(probe, key.sign(probe))) {
        throw unusable(file, "its two halves do not belong together");
      }
      return key;
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw unusable(file, "it is not an Ed25519 key with its public half, as PEM");
    }
  }

  private static byte[] der(String text, String label) {
    Matcher block =
        Pattern.compile("-----BEGIN " + label + "-----([^-]*)-----END " + label + "-----")
            .matcher(text);
    if (!block.find()) {
      throw new IllegalArgumentException("no " + label);
    }
    return Base64.getMimeDecoder().decode(block.group(1));
  }

  /** Returns the key's name in statements: the digest of its public half. */
  String id() {
    return Digest.of(publicKey.getEncoded()).toString();
  }

  /** Returns the signature of some bytes. */
  byte[] sign(byte[] bytes) throws GeneralSecurityException {
    Signature signature = Signature.getInstance(ALGORITHM);
    signature.initSign(privateKey);
    signature.update(bytes);
    return signature.sign();
  }

  /** Returns whether a signature of some bytes was made with this key. */
  boolean verifies(byte[] bytes, byte[] signed) throws GeneralSecurityException {
    Signature signature = Signature.getInstance(ALGORITHM);
    signature.initVerify(publicKey);
    signature.update(bytes);
    try {
      return signature.verify(signed);
    } catch (java.security.SignatureException e) {
      // It is not even formed like a signature.
      return false;
    }
  }
}
