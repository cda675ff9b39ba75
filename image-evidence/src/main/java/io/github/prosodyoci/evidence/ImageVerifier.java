package io.github.prosodyoci.evidence;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.evidence.check.Attestations;
import io.github.prosodyoci.evidence.check.Finding;
import io.github.prosodyoci.evidence.check.ProvenanceCheck;
import io.github.prosodyoci.evidence.check.RebuildCheck;
import io.github.prosodyoci.evidence.check.SbomCheck;
import io.github.prosodyoci.evidence.check.SignatureCheck;
import io.github.prosodyoci.evidence.check.VexCheck;
import io.github.prosodyoci.evidence.input.ImageFiles;
import io.github.prosodyoci.evidence.provenance.SourceSummary;
import io.github.prosodyoci.evidence.sign.VerifyingKey;
import io.github.prosodyoci.evidence.store.ArtifactStore;
import io.github.prosodyoci.evidence.store.Artifacts;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.oci.OciDocuments.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Verifies an image by what refers to it: who signed it, where it comes from, and that its bill of
 * materials is that of its very layers. Of an index over several platforms, the signature is that
 * of the index, and all else is verified for each of its images. Nothing that the store says is
 * believed unless a digest or a trusted key proves it.
 */
public final class ImageVerifier {

  private final Artifacts artifacts;

  /** Creates a verifier for the repository that has the image. */
  public ImageVerifier(ArtifactStore store) {
    this.artifacts = new Artifacts(store);
  }

  /** A check that may fail as a whole. */
  @FunctionalInterface
  private interface Check {
    Finding run() throws IOException;
  }

  /**
   * Returns what was found. An image that is refused is a result, too: {@link
   * VerifyResult#requireGood} makes a failure of it.
   *
   * @throws FailureException with {@link EvidenceCode#IMAGE_MISSING} if there is no such image,
   *     with {@link EvidenceCode#BUNDLE_DAMAGED} if its manifest is damaged
   * @throws IOException if the store cannot be asked
   */
  public VerifyResult verify(VerifyRequest request) throws IOException {
    List<Descriptor> platforms = artifacts.listed("the image", request.image());
    List<Finding> findings = new ArrayList<>();
    List<Failure> expired = new ArrayList<>();
    List<VerifyingKey> keys = valid(request.keys(), request.now(), expired);
    List<VerifyingKey> rebuilders = valid(request.rebuilds().keys(), request.now(), expired);
    if (!expired.isEmpty()) {
      findings.add(Finding.refused("keys", expired));
    }
    Attestations attestations = Attestations.read(artifacts, request.image(), keys);
    findings.add(
        new SignatureCheck(request.image(), keys)
            .run(artifacts, attestations, request.threshold()));
    if (platforms.isEmpty()) {
      findings.addAll(image(request.image(), attestations, request.policy()));
      findings.addAll(rebuilds(request.image(), rebuilders, request.rebuilds()));
      return new VerifyResult(findings);
    }
    findings.add(
        caught("sbom", () -> SbomCheck.index(attestations, request.image(), digests(platforms))));
    // The index names its images by their digests: whoever signed it signed them.
    for (Descriptor platform : platforms) {
      Attestations own = Attestations.read(artifacts, platform.digest(), keys);
      List<Finding> found = new ArrayList<>(image(platform.digest(), own, request.policy()));
      found.addAll(rebuilds(platform.digest(), rebuilders, request.rebuilds()));
      for (Finding each : found) {
        findings.add(
            new Finding(platform.platform() + " " + each.subject(), each.text(), each.failures()));
      }
    }
    return new VerifyResult(findings);
  }

  private static List<VerifyingKey> valid(
      List<VerifyingKey> keys, Instant now, List<Failure> expired) {
    List<VerifyingKey> valid = new ArrayList<>();
    for (VerifyingKey key : keys) {
      try {
        key.requireValid(now);
        valid.add(key);
      } catch (FailureException e) {
        expired.add(e.failure());
      }
    }
    return valid;
  }

  /** Returns who has built an image again; nothing if nobody is asked. */
  private List<Finding> rebuilds(Digest image, List<VerifyingKey> keys, Rebuilds asked)
      throws IOException {
    return asked.keys().isEmpty()
        ? List.of()
        : List.of(
            RebuildCheck.run(
                Attestations.read(artifacts, image, keys), asked.keys().size(), asked.required()));
  }

  private static List<Digest> digests(List<Descriptor> platforms) {
    return platforms.stream().map(Descriptor::digest).toList();
  }

  /** Returns what is found of one platform's image, beside its signature. */
  private List<Finding> image(Digest image, Attestations attestations, VerifyPolicy policy)
      throws IOException {
    Manifest manifest = artifacts.manifest("the image", image);
    return List.of(
        caught(
            "provenance",
            () ->
                new ProvenanceCheck()
                    .run(
                        attestations,
                        policy.builder(),
                        policy.repository(),
                        policy.commit(),
                        policy.requireCleanTree())),
        caught("sources", () -> sources(attestations)),
        caught("sbom", () -> new SbomCheck().run(attestations, image, files(manifest))),
        caught(
            "vex",
            () -> VexCheck.run(attestations, image, policy.refuseAffected(), policy.allowed())));
  }

  private static Finding caught(String subject, Check check) throws IOException {
    try {
      return check.run();
    } catch (FailureException e) {
      return Finding.refused(subject, e.failures());
    }
  }

  private static Finding sources(Attestations attestations) {
    Attestations.Predicate<SourceSummary.Predicate> signed =
        attestations.require(
            "summary of sources", SourceSummary.PREDICATE_TYPE, SourceSummary.Predicate.class);
    return Finding.good(
        "sources",
        signed.value().trusted()
            + " trusted by signatures, "
            + signed.value().pinnedOnly()
            + " by their digests alone; signed by "
            + signed.signer().name());
  }

  private ImageFiles files(Manifest manifest) throws IOException {
    ImageFiles files = new ImageFiles();
    for (Descriptor layer : manifest.layers()) {
      ImageFiles.requireReadable(layer.digest().toString(), layer.mediaType());
      try (InputStream in = artifacts.store().blob(layer.digest())) {
        files.add(layer.digest().toString(), in, layer.digest());
      }
    }
    return files;
  }
}
