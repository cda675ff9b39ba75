package io.github.prosodyoci.evidence;

import io.github.prosodyoci.core.FailureCode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Why evidence could not be made, or is not accepted. */
public enum EvidenceCode implements FailureCode {
  /** The report of an earlier stage is missing, or is not one. */
  NO_REPORT("Run the whole build: mvn package."),
  /** A layer is missing, damaged, or not the one that the image consists of. */
  LAYER_DAMAGED("Make the layers again: mvn clean package."),
  /** The list of installed packages in the image cannot be read. */
  DATABASE_DAMAGED("Make the layers again: mvn clean package."),
  /** A source that belongs in the archive is not in the content store. */
  SOURCE_MISSING("Run prosody-fetch:sources, which gets it."),
  /** A key is not one, or of a kind that cannot be used here. */
  BAD_KEY("Give a PEM file with an ECDSA key on P-256, or an Ed25519 key, not encrypted."),
  /** The certificate of a trusted key is not valid now. */
  CERTIFICATE_EXPIRED("Ask the signer for a new one."),
  /** There is no such image. */
  IMAGE_MISSING("Push it first: image-assemble:push; or check the address."),
  /** The registry has nothing that refers to the image. */
  NO_REFERRERS("Check the address; the signer may have used another repository."),
  /** No signature of the image is made with a trusted key. */
  NOT_SIGNED("Do not use the image, unless you know why."),
  /** Fewer trusted keys than required have signed the image. */
  TOO_FEW_SIGNERS("Do not use the image, unless you know why."),
  /** A signature or an envelope is cut off, or not one. */
  BUNDLE_DAMAGED("Fetch it again; if that does not help, ask the signer."),
  /** Something is signed with a trusted key, but says another image. */
  SUBJECT_MISMATCH("Do not use the image: somebody moved evidence from one image to another."),
  /** A document that is required is not there, or not signed with a trusted key. */
  EVIDENCE_MISSING("Ask the publisher to attach it: image-evidence:attach."),
  /** The provenance does not fit the policy. */
  POLICY_VIOLATED("Do not use the image, unless the policy is wrong."),
  /** The bill of materials is not that of the image's layers. */
  SBOM_MISMATCH("Do not use the image: nobody knows what is in it."),
  /** A vulnerability that affects the image is stated, and the policy does not allow it. */
  AFFECTED("Read the statement; then allow it by name, or wait for a fix."),
  /** Too few trusted rebuilders state that they built the same image. */
  TOO_FEW_REBUILDS("Ask them to rebuild it: image-evidence:rebuild."),
  /** The provenance does not say enough to build the image again. */
  NOT_REBUILDABLE("Only what was built of a commit, without changes, can be built again."),
  /** The commit that the provenance names could not be checked out. */
  CHECKOUT_FAILED("Give a clone that has the commit: -Dprosodyoci.rebuild.repository=<folder>."),
  /** The build of the commit failed, or made no image. */
  REBUILD_FAILED(
      "Read the log; the build may need other arguments (prosodyoci.rebuild.arguments)."),
  /** The image that was built is another one. */
  NOT_IDENTICAL("Find out why before you use either of them.");

  private final @Nullable String advice;

  EvidenceCode(@Nullable String advice) {
    this.advice = advice;
  }

  @Override
  public Optional<String> advice() {
    return Optional.ofNullable(advice);
  }
}
