package io.github.prosodyoci.verify.openpgp;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.DSAPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.bouncycastle.crypto.digests.RIPEMD160Digest;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/** A key pair made from a seed, always the same, with its public key packet's body. */
public final class TestKey {

  static final Map<Integer, String> HASHES =
      Map.of(
          1,
          "MD5",
          2,
          "SHA-1",
          8,
          "SHA-256",
          9,
          "SHA-384",
          10,
          "SHA-512",
          11,
          "SHA-224",
          12,
          "SHA3-256",
          14,
          "SHA3-512");
  private static final int RIPEMD160 = 3;

  /** Signs what a digest is computed of. */
  @FunctionalInterface
  private interface Signing {
    byte[] sign(byte[] message, int hash) throws GeneralSecurityException;
  }

  final int version;
  final int algorithm;
  public final byte[] body;
  private final Signing signing;

  private TestKey(int algorithm, byte[] body, Signing signing) {
    this.version = body[0];
    this.algorithm = algorithm;
    this.body = body;
    this.signing = signing;
  }

  public static TestKey ed25519(int seed, Instant created) {
    byte[] secret = new byte[32];
    Arrays.fill(secret, (byte) seed);
    Ed25519PrivateKeyParameters key = new Ed25519PrivateKeyParameters(secret);
    byte[] point = Bytes.join(new byte[] {0x40}, key.generatePublicKey().getEncoded());
    byte[] body =
        header(created, 22)
            .add(9)
            .add(HexFormat.of().parseHex("2b06010401da470f01"))
            .mpi(new BigInteger(1, point))
            .get();
    return new TestKey(
        22,
        body,
        (message, hash) -> {
          byte[] rs = eddsa(key, message, hash);
          return new Bytes()
              .mpi(new BigInteger(1, rs, 0, 32))
              .mpi(new BigInteger(1, rs, 32, 32))
              .get();
        });
  }

  /** Returns a key of the algorithm 27 of RFC 9580, of version 4 or 6. */
  public static TestKey ed25519(int version, int seed, Instant created) {
    byte[] secret = new byte[32];
    Arrays.fill(secret, (byte) seed);
    Ed25519PrivateKeyParameters key = new Ed25519PrivateKeyParameters(secret);
    Bytes body = new Bytes().add(version).four(created.getEpochSecond()).add(27);
    if (version == 6) {
      body.four(32);
    }
    return new TestKey(
        27,
        body.add(key.generatePublicKey().getEncoded()).get(),
        (message, hash) -> eddsa(key, message, hash));
  }

  private static byte[] eddsa(Ed25519PrivateKeyParameters key, byte[] message, int hash)
      throws GeneralSecurityException {
    Ed25519Signer signer = new Ed25519Signer();
    signer.init(true, key);
    byte[] digest = digest(message, hash);
    signer.update(digest, 0, digest.length);
    return signer.generateSignature();
  }

  static TestKey rsa(int bits, int seed, Instant created) {
    KeyPair pair = pair("RSA", bits, seed);
    RSAPublicKey key = (RSAPublicKey) pair.getPublic();
    return new TestKey(
        1,
        header(created, 1).mpi(key.getModulus()).mpi(key.getPublicExponent()).get(),
        (message, hash) ->
            new Bytes().mpi(new BigInteger(1, jca(pair, hash, "withRSA", message))).get());
  }

  static TestKey dsa(int bits, int seed, Instant created) {
    KeyPair pair = pair("DSA", bits, seed);
    DSAPublicKey key = (DSAPublicKey) pair.getPublic();
    byte[] body =
        header(created, 17)
            .mpi(key.getParams().getP())
            .mpi(key.getParams().getQ())
            .mpi(key.getParams().getG())
            .mpi(key.getY())
            .get();
    return new TestKey(
        17,
        body,
        (message, hash) -> {
          byte[] rs = jca(pair, hash, "withDSAinP1363Format", message);
          int half = rs.length / 2;
          return new Bytes()
              .mpi(new BigInteger(1, rs, 0, half))
              .mpi(new BigInteger(1, rs, half, half))
              .get();
        });
  }

  private static Bytes header(Instant created, int algorithm) {
    return new Bytes().add(4).four(created.getEpochSecond()).add(algorithm);
  }

  private static KeyPair pair(String algorithm, int bits, int seed) {
    try {
      SecureRandom random = SecureRandom.getInstance("SHA1PRNG");
      random.setSeed(seed);
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(bits, random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] jca(KeyPair pair, int hash, String suffix, byte[] message)
      throws GeneralSecurityException {
    Signature signature = Signature.getInstance(HASHES.get(hash).replace("-", "") + suffix);
    signature.initSign(pair.getPrivate());
    signature.update(message);
    return signature.sign();
  }

  static byte[] digest(byte[] message, int hash) throws GeneralSecurityException {
    if (hash == RIPEMD160) {
      RIPEMD160Digest digest = new RIPEMD160Digest();
      digest.update(message, 0, message.length);
      byte[] result = new byte[digest.getDigestSize()];
      digest.doFinal(result, 0);
      return result;
    }
    return MessageDigest.getInstance(HASHES.get(hash)).digest(message);
  }

  byte[] sign(byte[] message, int hash) {
    try {
      return signing.sign(message, hash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the key as it is hashed (RFC 9580, section 5.2.4). */
  byte[] hashed() {
    return version == 6
        ? new Bytes().add(0x9B).four(body.length).add(body).get()
        : new Bytes().add(0x99).two(body.length).add(body).get();
  }

  byte[] fingerprintBytes() {
    try {
      return digest(hashed(), version == 6 ? 8 : 2);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public String fingerprint() {
    return HexFormat.of().withUpperCase().formatHex(fingerprintBytes());
  }

  byte[] keyId() {
    int start = version == 6 ? 0 : 12;
    return Arrays.copyOfRange(fingerprintBytes(), start, start + 8);
  }
}
