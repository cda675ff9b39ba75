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

  private Predicates() {}
}
