package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.packages.apk.Checksums;
import io.github.prosodyoci.packages.apk.PackageFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.ASN1UniversalString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;

/**
 * What {@code update-ca-certificates} makes of the certificates of authorities: one bundle, and the
 * links by hash that OpenSSL looks authorities up by (openssl-rehash(1)).
 */
final class CertificateFolder {

  /** Where some programs look for the bundle; packages may have it themselves. */
  static final String SHORTCUT = "etc/ssl/cert.pem";

  private static final String FOLDER = "etc/ssl/certs";
  private static final List<String> SOURCES =
      List.of("usr/share/ca-certificates/", "usr/local/share/ca-certificates/");

  private final Map<String, byte[]> certificates = new TreeMap<>();

  static boolean isCertificate(String path) {
    return path.endsWith(".crt") && SOURCES.stream().anyMatch(path::startsWith);
  }

  /** Adds a certificate, a PEM file that was laid down. */
  void add(String path, byte[] pem) {
    certificates.put(path, pem);
  }

  /**
   * Returns bundle and links of all certificates so far; none if there are no certificates.
   *
   * @param mtime the time they carry
   * @throws FailureException if a file holds no certificate ({@code configuration})
   */
  List<PackageFile> files(long mtime) {
    List<PackageFile> files = new ArrayList<>();
    if (certificates.isEmpty()) {
      return files;
    }
    ByteArrayOutputStream bundle = new ByteArrayOutputStream();
    Map<String, Integer> used = new TreeMap<>();
    certificates.forEach(
        (path, pem) -> {
          bundle.writeBytes(pem);
          if (pem.length > 0 && pem[pem.length - 1] != '\n') {
            bundle.write('\n');
          }
          String hash = subjectHash(path, pem);
          int number = used.merge(hash, 1, Integer::sum) - 1;
          files.add(
              PackageFile.of(
                  TarEntry.symlink(FOLDER + "/" + hash + "." + number, "/" + path, mtime)));
        });
    files.add(
        PackageFile.of(
            TarEntry.file(FOLDER + "/ca-certificates.crt", 0644, bundle.size(), mtime),
            bundle.toByteArray()));
    files.add(PackageFile.of(TarEntry.symlink(SHORTCUT, "certs/ca-certificates.crt", mtime)));
    return files;
  }

  /**
   * Returns OpenSSL's hash of a certificate's subject, eight hexadecimal digits
   * (openssl-rehash(1)).
   */
  private static String subjectHash(String path, byte[] pem) {
    try {
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(pem));
      byte[] sha1 =
          Checksums.sha1().digest(canonical(certificate.getSubjectX500Principal().getEncoded()));
      int hash =
          (sha1[0] & 0xff)
              | (sha1[1] & 0xff) << 8
              | (sha1[2] & 0xff) << 16
              | (sha1[3] & 0xff) << 24;
      String hex = Integer.toHexString(hash);
      return "0".repeat(8 - hex.length()) + hex;
    } catch (CertificateException | IOException | ClassCastException e) {
      throw Failure.of(CommonCode.CONFIGURATION, "read", "the certificate /" + path, Reasons.of(e))
          .expecting("one certificate in PEM form")
          .toException(e);
    }
  }

  /**
   * Returns a name in OpenSSL's canonical form: no outer sequence, texts folded, as its subject
   * hash is computed.
   */
  private static byte[] canonical(byte[] encodedName) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (RDN rdn : X500Name.getInstance(encodedName).getRDNs()) {
      ASN1EncodableVector set = new ASN1EncodableVector();
      for (AttributeTypeAndValue attribute : rdn.getTypesAndValues()) {
        ASN1Encodable value = attribute.getValue();
        if (value instanceof ASN1String text && !(value instanceof ASN1UniversalString)) {
          value = new DERUTF8String(fold(text.getString()));
        }
        set.add(new DERSequence(new ASN1Encodable[] {attribute.getType(), value}));
      }
      out.write(new DERSet(set).getEncoded(ASN1Encoding.DER));
    }
    return out.toByteArray();
  }

  private static String fold(String text) {
    StringBuilder folded = new StringBuilder();
    for (String word : text.split("[ \\t\\n\\x0b\\f\\r]+", -1)) {
      if (!word.isEmpty()) {
        folded.append(folded.isEmpty() ? "" : " ").append(word);
      }
    }
    // ASCII only: OpenSSL leaves other letters alone.
    StringBuilder lower = new StringBuilder();
    folded
        .chars()
        .forEach(c -> lower.append(c < 128 ? ((char) c + "").toLowerCase(Locale.ROOT) : (char) c));
    return lower.toString();
  }
}
