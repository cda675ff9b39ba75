package io.github.prosodyoci.packages.apk;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/** RSA keys as PEM text (RFC 7468, RFC 8017 appendix A.1). */
final class Pem {

  private static final String PKCS1 = "RSA PRIVATE KEY";
  private static final String PKCS8 = "PRIVATE KEY";
  private static final String PUBLIC = "PUBLIC KEY";

  private Pem() {}

  static String text(String label, byte[] der) {
    StringWriter text = new StringWriter();
    try (PemWriter pem = new PemWriter(text)) {
      pem.writeObject(new PemObject(label, der));
    } catch (IOException e) {
      throw new IllegalStateException("A string takes all that is written", e);
    }
    return text.toString().replace(System.lineSeparator(), "\n");
  }

  static RSAPrivateCrtKey privateKey(String text, String where) {
    PemObject pem = read(text, where, PKCS1 + " or " + PKCS8);
    try {
      byte[] der = pem.getContent();
      if (pem.getType().equals(PKCS1)) {
        AlgorithmIdentifier rsa =
            new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE);
        der = new PrivateKeyInfo(rsa, RSAPrivateKey.getInstance(der)).getEncoded();
      }
      if (pem.getType().equals(PKCS1) || pem.getType().equals(PKCS8)) {
        return (RSAPrivateCrtKey)
            KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
      }
    } catch (GeneralSecurityException
        | IOException
        | IllegalArgumentException
        | ClassCastException e) {
      throw bad(where, PKCS1 + " or " + PKCS8).toException(e);
    }
    throw wrong(where, pem.getType(), PKCS1 + " or " + PKCS8);
  }

  static RSAPublicKey publicKey(String text, String where) {
    PemObject pem = read(text, where, PUBLIC);
    if (!pem.getType().equals(PUBLIC)) {
      throw wrong(where, pem.getType(), PUBLIC);
    }
    try {
      return (RSAPublicKey)
          KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(pem.getContent()));
    } catch (GeneralSecurityException | ClassCastException e) {
      throw bad(where, PUBLIC).toException(e);
    }
  }

  private static PemObject read(String text, String where, String labels) {
    try (PemReader reader = new PemReader(new StringReader(text))) {
      PemObject pem = reader.readPemObject();
      if (pem != null) {
        return pem;
      }
    } catch (IOException | RuntimeException e) {
      throw bad(where, labels).toException(e);
    }
    throw bad(where, labels).toException();
  }

  private static Failure bad(String where, String labels) {
    return failure(where, "it is not a PEM file with an RSA key", labels);
  }

  private static FailureException wrong(String where, String label, String labels) {
    return failure(where, "it holds a " + label, labels).toException();
  }

  private static Failure failure(String where, String found, String labels) {
    return Failure.of(CommonCode.CONFIGURATION, "read", "the key " + where, found)
        .expecting("an unencrypted " + labels)
        .advising("Make one with `openssl genrsa`, or name another file.");
  }
}
