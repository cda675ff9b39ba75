package io.github.prosodyoci.evidence.sign;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.evidence.EvidenceCode;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidParameterException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.security.Signature;
import java.security.cert.Certificate;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A private key in a token, such as a smart card or an HSM, by its PKCS #11 URI (RFC 7512). The key
 * never leaves the token. It is ECDSA on P-256, and has a certificate with the same label and
 * identifier beside it, where Java looks for the public half.
 */
public final class TokenKey {

  /** How a URI begins that names a key in a token. */
  public static final String SCHEME = "pkcs11:";

  private static final Set<String> KNOWN =
      Set.of("object", "slot-id", "type", "module-path", "pin-source");

  /** What the provider's configuration takes without quotes. */
  private static final Pattern PLAIN = Pattern.compile("/[A-Za-z0-9/._+-]+");

  private TokenKey() {}

  /**
   * Opens a key.
   *
   * @param uri {@code pkcs11:object=publisher?module-path=/usr/lib/softhsm/libsofthsm2.so}; {@code
   *     slot-id} if the token is not in the first slot; {@code pin-source=file:/…} if the PIN is
   *     not given otherwise
   * @param pin the PIN, unless the URI names a file that holds it
   * @throws FailureException with {@link EvidenceCode#BAD_KEY} if the URI has another form, the
   *     token does not answer, or has no such key
   */
  public static SigningKey open(String uri, Optional<String> pin) {
    SortedMap<String, String> attributes = attributes(uri);
    String name = uri.split("\\?", 2)[0];
    for (String attribute : attributes.keySet()) {
      if (!KNOWN.contains(attribute)) {
        // A PIN in the URI would be on the list of processes.
        throw SigningKey.unusable(name, "its URI has the attribute " + attribute)
            .expecting("only " + new TreeSet<>(KNOWN))
            .toException();
      }
    }
    String object = attributes.get("object");
    String module = attributes.get("module-path");
    if (object == null || module == null || !PLAIN.matcher(module).matches()) {
      throw SigningKey.unusable(name, "its URI does not name object and module-path")
          .expecting("pkcs11:object=<label>?module-path=<library>")
          .toException();
    }
    Optional<String> secret =
        attributes.containsKey("pin-source")
            ? Optional.of(read(name, String.valueOf(attributes.get("pin-source"))))
            : pin;
    try {
      Provider provider = provider(module, attributes.get("slot-id"));
      KeyStore store = KeyStore.getInstance("PKCS11", provider);
      store.load(null, secret.map(String::toCharArray).orElse(null));
      Certificate certificate = store.getCertificate(object);
      if (certificate == null || !(store.getKey(object, null) instanceof PrivateKey key)) {
        throw SigningKey.unusable(
                name, "the token has no private key of this label, or none with a certificate")
            .toException();
      }
      byte[] info = certificate.getPublicKey().getEncoded();
      String pem = Pem.text("PUBLIC KEY", info);
      // Refuses keys of other kinds.
      var unused = VerifyingKey.parse(name, pem);
      return new SigningKey(bytes -> sign(name, provider, key, bytes), info);
    } catch (GeneralSecurityException
        | IOException
        | ProviderException
        | InvalidParameterException e) {
      throw SigningKey.unusable(name, "the token does not open: " + reason(e))
          .advising("Check the module, the slot and the PIN (PROSODYOCI_SIGNING_PIN).")
          .toException(e);
    }
  }

  private static Provider provider(String module, @Nullable String slot) {
    Provider template = Security.getProvider("SunPKCS11");
    if (template == null) {
      throw new ProviderException("this Java has no module jdk.crypto.cryptoki");
    }
    // "--": the configuration itself, not the name of a file with it.
    return template.configure(
        "--name=prosody-oci\nlibrary="
            + module
            + "\n"
            + (slot == null ? "slotListIndex=0" : "slot=" + Integer.parseUnsignedInt(slot))
            + "\n");
  }

  private static byte[] sign(String name, Provider provider, PrivateKey key, byte[] bytes) {
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA", provider);
      signature.initSign(key);
      signature.update(bytes);
      return signature.sign();
    } catch (GeneralSecurityException | ProviderException e) {
      throw SigningKey.unusable(name, "the token does not sign: " + reason(e)).toException(e);
    }
  }

  /** The outer exceptions only say that it failed. */
  private static String reason(Exception failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  private static SortedMap<String, String> attributes(String uri) {
    SortedMap<String, String> attributes = new TreeMap<>();
    for (String part : uri.substring(SCHEME.length()).split("[;?&]", -1)) {
      if (!part.isEmpty()) {
        String[] pair = part.split("=", 2);
        attributes.put(
            pair[0],
            pair.length < 2
                ? ""
                // A plus sign stands for itself here.
                : URLDecoder.decode(pair[1].replace("+", "%2B"), StandardCharsets.UTF_8));
      }
    }
    return attributes;
  }

  private static String read(String name, String source) {
    try {
      Path file = source.startsWith("file:") ? Path.of(URI.create(source)) : Path.of(source);
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw SigningKey.unusable(name, "its PIN cannot be read: " + Reasons.of(e)).toException(e);
    } catch (IllegalArgumentException e) {
      throw SigningKey.unusable(name, "its pin-source is no file").toException(e);
    }
  }
}
