package io.github.prosodyoci.packages.apk;

import io.github.prosodyoci.packages.PackagesException;
import io.github.prosodyoci.packages.PackagesException.Code;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;

/** RSA keys as PEM text (RFC 7468, RFC 8017 appendix A.1). */
final class Pem {

  /** PKCS #8 version and the algorithm identifier of RSA, as they precede a PKCS #1 key. */
  private static final String PKCS8_RSA = "020100300d06092a864886f70d0101010500";

  private Pem() {}

  static String text(String label, byte[] der) {
    String body =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }

  static RSAPrivateCrtKey privateKey(String text, String where) {
    byte[] der =
        text.contains("BEGIN RSA PRIVATE KEY")
            ? pkcs8(body(text, "RSA PRIVATE KEY", where))
            : body(text, "PRIVATE KEY", where);
    try {
      if (KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der))
          instanceof RSAPrivateCrtKey key) {
        return key;
      }
    } catch (GeneralSecurityException e) {
      throw bad(where, "RSA PRIVATE KEY", e);
    }
    throw bad(where, "RSA PRIVATE KEY", null);
  }

  static RSAPublicKey publicKey(String text, String where) {
    try {
      return (RSAPublicKey)
          KeyFactory.getInstance("RSA")
              .generatePublic(new X509EncodedKeySpec(body(text, "PUBLIC KEY", where)));
    } catch (GeneralSecurityException e) {
      throw bad(where, "PUBLIC KEY", e);
    }
  }

  private static byte[] body(String text, String label, String where) {
    String begin = "-----BEGIN " + label + "-----";
    int start = text.indexOf(begin);
    int end = text.indexOf("-----END " + label + "-----");
    if (start < 0 || end < start) {
      throw bad(where, label, null);
    }
    try {
      return Base64.getDecoder()
          .decode(text.substring(start + begin.length(), end).replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      throw bad(where, label, e);
    }
  }

  private static byte[] pkcs8(byte[] pkcs1) {
    byte[] algorithm = HexFormat.of().parseHex(PKCS8_RSA);
    byte[] key = der((byte) 0x04, pkcs1);
    byte[] both = new byte[algorithm.length + key.length];
    System.arraycopy(algorithm, 0, both, 0, algorithm.length);
    System.arraycopy(key, 0, both, algorithm.length, key.length);
    return der((byte) 0x30, both);
  }

  private static byte[] der(byte tag, byte[] value) {
    byte[] out = new byte[value.length + 4];
    out[0] = tag;
    out[1] = (byte) 0x82;
    out[2] = (byte) (value.length >> 8);
    out[3] = (byte) value.length;
    System.arraycopy(value, 0, out, 4, value.length);
    return out;
  }

  private static PackagesException bad(
      String where, String label, @org.jspecify.annotations.Nullable Throwable cause) {
    String message =
        "Could not read the key "
            + where
            + ": it is no PEM file with an unencrypted RSA key ("
            + label
            + "). Make one with `openssl genrsa` or name another file.";
    return cause == null
        ? new PackagesException(Code.CONFIGURATION, message)
        : new PackagesException(Code.CONFIGURATION, message, cause);
  }
}
