package io.github.prosodyoci.evidence.provenance;

import io.github.prosodyoci.evidence.vex.OpenVex;

/** The types of statements that are attached to images. */
public final class Predicates {

  /** A bill of materials as CycloneDX. */
  public static final String CYCLONE_DX = "https://cyclonedx.org/bom";

  /** A bill of materials as SPDX. */
  public static final String SPDX = "https://spdx.dev/Document";

  /** Statements on vulnerabilities as OpenVEX. */
  public static final String OPEN_VEX = OpenVex.PREDICATE_TYPE;

  /** That the signer vouches for an image, as cosign 3 writes it. */
  public static final String IMAGE_SIGNATURE = "https://sigstore.dev/cosign/sign/v1";

  /**
   * That the signer has built the same image, byte for byte, from the provenance; docs/evidence.md
   * says what its fields mean.
   */
  public static final String REBUILT =
      "https://github.com/prosody-oci/prosody-oci/blob/main/docs/evidence.md#rebuilt-identically-v1";

  private Predicates() {}
}
