package io.github.prosodyoci.packages.apk;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.packages.PackageCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The public keys whose signatures count, by their file names as in {@code /etc/apk/keys}
 * (apk-keys(5)). RSA over SHA-256 and SHA-512 count; RSA over SHA-1, which is all that official
 * Alpine repositories have, only as a stated exception; DSA never.
 */
public final class TrustedKeys {

  /** One signature found in a file: {@code .SIGN.<algorithm>.<keyName>}. */
  static final class Found {
    private final String algorithm;
    private final String keyName;
    private final byte[] signature;

    Found(String algorithm, String keyName, byte[] signature) {
      this.algorithm = algorithm;
      this.keyName = Signer.checkKeyName(keyName);
      this.signature = signature;
    }
  }

  private final Map<String, RSAPublicKey> keys;
  private final boolean sha1;

  private TrustedKeys(Map<String, RSAPublicKey> keys, boolean sha1) {
    this.keys = new TreeMap<>(keys);
    this.sha1 = sha1;
  }

  /**
   * Returns the keys {@code *.pub} of a folder.
   *
   * @throws IOException if the folder or a key cannot be read
   * @throws FailureException if a file is no RSA public key
   */
  public static TrustedKeys read(Path folder) throws IOException {
    Map<String, RSAPublicKey> keys = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".pub")) {
          if (!Files.isRegularFile(file)) {
            throw Failure.of(
                    CommonCode.CONFIGURATION, "read", "the key " + file, "it is not a file")
                .advising("Remove it, or put the key in its place.")
                .toException();
          }
          // Bytes that are no text become a text that is no key.
          String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
          RSAPublicKey key = Pem.publicKey(text, file.toString());
          keys.put(Signer.checkKeyName(name), Signer.checkLength(key, name));
        }
      }
    }
    return new TrustedKeys(keys, false);
  }

  /** Returns the public key of a signer as the only trusted one. */
  public static TrustedKeys of(Signer signer) {
    return new TrustedKeys(
        Map.of(signer.keyName(), Pem.publicKey(signer.publicKeyPem(), signer.keyName())), false);
  }

  /** Returns these keys, for a repository whose signatures over SHA-1 count as well. */
  public TrustedKeys withSha1Exception() {
    return new TrustedKeys(keys, true);
  }

  /** Returns the names of the keys, sorted. */
  public List<String> names() {
    return List.copyOf(keys.keySet());
  }

  /** Returns the digest of each key's SubjectPublicKeyInfo, by the key's name. */
  public Map<String, Digest> digests() {
    Map<String, Digest> digests = new TreeMap<>();
    keys.forEach((name, key) -> digests.put(name, Digest.of(key.getEncoded())));
    return digests;
  }

  /**
   * Checks that one signature is by a trusted key.
   *
   * @return what it was signed with, such as {@code RSA256.local.rsa.pub}
   * @throws FailureException if none counts ({@code apk-signature}, {@code apk-weak-sig})
   */
  String verify(List<Found> signatures, byte[] signed, String where) {
    List<String> reasons = new ArrayList<>();
    boolean weak = false;
    boolean wrong = false;
    for (Found found : signatures) {
      String name = found.algorithm + "." + found.keyName;
      RSAPublicKey key = keys.get(found.keyName);
      String algorithm = javaName(found.algorithm);
      if (algorithm == null) {
        reasons.add(name + ": this kind of signature is not accepted");
        weak = true;
      } else if (key == null) {
        reasons.add(name + ": the key is not among the trusted ones");
      } else if (algorithm.startsWith("SHA1") && !sha1) {
        reasons.add(name + ": SHA-1 is accepted only as an exception stated for the repository");
        weak = true;
      } else if (good(algorithm, key, signed, found.signature)) {
        return name;
      } else {
        wrong = true;
        reasons.add(name + ": the signature is wrong");
      }
    }
    Failure failure =
        Failure.of(
                weak && !wrong ? PackageCode.APK_WEAK_SIGNATURE : PackageCode.APK_SIGNATURE,
                "trust",
                where,
                reasons.isEmpty() ? "it is not signed" : String.join("; ", reasons))
            .expecting(
                "a signature by "
                    + (keys.isEmpty()
                        ? "a trusted key; there is none"
                        : String.join(" or ", keys.keySet())));
    throw failure.toException();
  }

  private static @Nullable String javaName(String algorithm) {
    return switch (algorithm) {
      case "RSA" -> "SHA1withRSA";
      case "RSA256" -> "SHA256withRSA";
      case "RSA512" -> "SHA512withRSA";
      default -> null;
    };
  }

  private static boolean good(String algorithm, RSAPublicKey key, byte[] signed, byte[] signature) {
    try {
      Signature rsa = Signature.getInstance(algorithm);
      rsa.initVerify(key);
      rsa.update(signed);
      return rsa.verify(signature);
    } catch (GeneralSecurityException e) {
      // A signature of the wrong length, say.
      return false;
    }
  }
}
