package io.github.prosodyoci.evidence.sign;

import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;

/** Keys that are made for a test. */
public final class Keys {

  private Keys() {}

  public static String ed25519() {
    return make("Ed25519", null);
  }

  public static String p256() {
    return make("EC", "secp256r1");
  }

  static String make(String algorithm, String curve) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      if (curve != null) {
        generator.initialize(new ECGenParameterSpec(curve));
      }
      return Pem.text("PRIVATE KEY", generator.generateKeyPair().getPrivate().getEncoded());
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
