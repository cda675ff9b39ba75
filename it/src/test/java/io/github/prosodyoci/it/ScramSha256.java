package io.github.prosodyoci.it;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import javax.security.auth.callback.CallbackHandler;
import org.jivesoftware.smack.SmackException.SmackSaslException;
import org.jivesoftware.smack.sasl.SASLMechanism;

/** SCRAM-SHA-256 (RFC 7677), which Smack 4.4 lacks: it has SHA-1 only. */
public final class ScramSha256 extends SASLMechanism {

  static final String NAME = "SCRAM-SHA-256";

  private String clientFirstBare = "";
  private String nonce = "";
  private byte[] expectedServerSignature = {};
  private boolean serverProven;

  @Override
  protected void authenticateInternal(CallbackHandler handler) {
    throw new UnsupportedOperationException("Only by user name and password");
  }

  @Override
  protected byte[] getAuthenticationText() {
    nonce = UUID.randomUUID().toString();
    clientFirstBare = "n=" + authenticationId + ",r=" + nonce;
    return utf8("n,," + clientFirstBare);
  }

  @Override
  protected byte[] evaluateChallenge(byte[] challenge) throws SmackSaslException {
    String message = new String(challenge, StandardCharsets.UTF_8);
    Map<Character, String> attributes = new HashMap<>();
    for (String part : message.split(",")) {
      attributes.put(part.charAt(0), part.substring(2));
    }
    try {
      if (attributes.containsKey('v')) {
        serverProven =
            Arrays.equals(Base64.getDecoder().decode(attributes.get('v')), expectedServerSignature);
        if (!serverProven) {
          throw new SmackSaslException("The server does not know the password");
        }
        return new byte[0];
      }
      return proof(message, attributes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has HMAC-SHA-256", e);
    }
  }

  private byte[] proof(String serverFirst, Map<Character, String> attributes)
      throws GeneralSecurityException, SmackSaslException {
    if (!attributes.get('r').startsWith(nonce)) {
      throw new SmackSaslException("The server changed the nonce");
    }
    PBEKeySpec key =
        new PBEKeySpec(
            password.toCharArray(),
            Base64.getDecoder().decode(attributes.get('s')),
            Integer.parseInt(attributes.get('i')),
            256);
    byte[] salted =
        SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(key).getEncoded();
    byte[] clientKey = hmac(salted, "Client Key");
    String finalBare = "c=biws,r=" + attributes.get('r');
    String authMessage = clientFirstBare + "," + serverFirst + "," + finalBare;
    byte[] proof = hmac(MessageDigest.getInstance("SHA-256").digest(clientKey), authMessage);
    for (int i = 0; i < proof.length; i++) {
      proof[i] ^= clientKey[i];
    }
    expectedServerSignature = hmac(hmac(salted, "Server Key"), authMessage);
    return utf8(finalBare + ",p=" + Base64.getEncoder().encodeToString(proof));
  }

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(utf8(text));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String getName() {
    return NAME;
  }

  @Override
  public int getPriority() {
    return 100; // before SCRAM-SHA-1 with 110: a lower number goes first
  }

  @Override
  public void checkIfSuccessfulOrThrow() throws SmackSaslException {
    if (!serverProven) {
      throw new SmackSaslException("The server ended SCRAM without proving itself");
    }
  }

  @Override
  protected SASLMechanism newInstance() {
    return new ScramSha256();
  }
}
