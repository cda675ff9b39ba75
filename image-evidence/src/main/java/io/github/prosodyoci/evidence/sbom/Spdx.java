package io.github.prosodyoci.evidence.sbom;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.prosodyoci.evidence.input.ImageFile;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The JSON of SPDX 2.3, as far as it is used here, in the order in which it is written. */
public final class Spdx {

  /** The media type of a document. */
  public static final String MEDIA_TYPE = "application/spdx+json";

  static final String DOCUMENT = "SPDXRef-DOCUMENT";
  static final String NO_ASSERTION = "NOASSERTION";

  private Spdx() {}

  /** The document. */
  public record Document(
      @JsonProperty("SPDXID") String spdxId,
      String spdxVersion,
      String dataLicense,
      String name,
      String documentNamespace,
      CreationInfo creationInfo,
      List<SpdxPackage> packages,
      List<SpdxFile> files,
      List<Relationship> relationships,
      @Nullable List<ExtractedLicense> hasExtractedLicensingInfos) {}

  /** Who made a document, and when. */
  public record CreationInfo(String created, List<String> creators) {}

  /** A package: an image, a layer, an installed package, a source. */
  public record SpdxPackage(
      @JsonProperty("SPDXID") String spdxId,
      String name,
      @Nullable String versionInfo,
      String supplier,
      String downloadLocation,
      boolean filesAnalyzed,
      @Nullable VerificationCode packageVerificationCode,
      @Nullable List<Checksum> checksums,
      @Nullable String homepage,
      String licenseConcluded,
      String licenseDeclared,
      @Nullable String copyrightText,
      @Nullable String description,
      @Nullable String comment,
      String primaryPackagePurpose,
      @Nullable List<ExternalRef> externalRefs) {}

  /** The digest of the digests of a package's files (7.9). */
  public record VerificationCode(String packageVerificationCodeValue) {

    /** Returns the SHA-1 of the sorted SHA-1 digests of files. */
    static VerificationCode of(List<ImageFile> files) {
      String all = files.stream().map(ImageFile::sha1).sorted().collect(Collectors.joining());
      try {
        return new VerificationCode(
            HexFormat.of()
                .formatHex(
                    MessageDigest.getInstance("SHA-1")
                        .digest(all.getBytes(StandardCharsets.UTF_8))));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("Every Java platform has SHA-1", e);
      }
    }
  }

  /** A digest. */
  public record Checksum(String algorithm, String checksumValue) {}

  /** A name that other programs know. */
  public record ExternalRef(
      String referenceCategory, String referenceType, String referenceLocator) {}

  /** A file. */
  public record SpdxFile(
      @JsonProperty("SPDXID") String spdxId,
      String fileName,
      List<Checksum> checksums,
      String licenseConcluded,
      String copyrightText) {}

  /** How two elements belong together. */
  public record Relationship(
      String spdxElementId, String relationshipType, String relatedSpdxElement) {}

  /** A licence that SPDX does not list. */
  public record ExtractedLicense(String licenseId, String extractedText, String name) {}
}
