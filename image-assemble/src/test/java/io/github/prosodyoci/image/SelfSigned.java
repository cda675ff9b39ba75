package io.github.prosodyoci.image;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A server certificate for loopback addresses that nobody trusts. */
final class SelfSigned {

  private SelfSigned() {}

  static SSLContext context(Path folder) throws Exception {
    Path store = folder.resolve("store.p12");
    Tools.run(
        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
        "-genkeypair",
        "-keystore",
        store.toString(),
        "-storepass",
        "changeit",
        "-keyalg",
        "EC",
        "-dname",
        "CN=localhost",
        "-ext",
        "san=ip:127.0.0.1,ip:127.0.0.2");
    KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
    String alias = keys.aliases().nextElement();
    Files.writeString(
        certificate(folder), pem("CERTIFICATE", keys.getCertificate(alias).getEncoded()));
    Files.writeString(
        key(folder), pem("PRIVATE KEY", keys.getKey(alias, "changeit".toCharArray()).getEncoded()));
    KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
    managers.init(keys, "changeit".toCharArray());
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(managers.getKeyManagers(), null, null);
    return tls;
  }

  /** Returns where {@link #context} leaves the certificate, as PEM. */
  static Path certificate(Path folder) {
    return folder.resolve("certificate.pem");
  }

  /** Returns where {@link #context} leaves the key, as PEM. */
  static Path key(Path folder) {
    return folder.resolve("key.pem");
  }

  private static String pem(String what, byte[] bytes) {
    return "-----BEGIN "
        + what
        + "-----\n"
        + Base64.getMimeEncoder().encodeToString(bytes)
        + "\n-----END "
        + what
        + "-----\n";
  }
}
