package io.github.prosodyoci.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureCode;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.evidence.provenance.BuildFacts;
import io.github.prosodyoci.evidence.provenance.Predicates;
import io.github.prosodyoci.evidence.provenance.Provenance;
import io.github.prosodyoci.evidence.provenance.Rebuilt;
import io.github.prosodyoci.evidence.provenance.SourceTree;
import io.github.prosodyoci.evidence.sign.Envelope;
import io.github.prosodyoci.evidence.sign.Keys;
import io.github.prosodyoci.evidence.sign.SigningKey;
import io.github.prosodyoci.evidence.sign.SimpleSigning;
import io.github.prosodyoci.evidence.sign.Statement;
import io.github.prosodyoci.evidence.sign.VerifyingKey;
import io.github.prosodyoci.evidence.store.Artifacts;
import io.github.prosodyoci.image.IndexReport;
import io.github.prosodyoci.image.oci.OciDocuments;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ImageVerifierTest {

  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  private static final Instant NOW = Instant.parse("2026-11-26T00:00:00Z");

  @TempDir private Path folder;
  private final SigningKey key = SigningKey.parse("key", Keys.ed25519());
  private final VerifyingKey trusted = key.verifyingKey("publisher");
  private MemoryStore store;
  private Digest image;

  @BeforeEach
  void makeImage() throws IOException {
    image = make("image", "program\n");
    store = new MemoryStore().with(folder.resolve("image/server.tar"));
  }

  /** Makes an image and its documents. */
  private Digest make(String name, String program) throws IOException {
    Fixture fixture = new Fixture(folder.resolve(name)).with("usr/bin/server", program);
    Digest digest = fixture.make().digest();
    new BillOfMaterials(line -> {}).write(fixture.request());
    new BuildProvenance(line -> {})
        .write(
            fixture.request(),
            new BuildFacts(
                "https://ci.example/runner",
                Optional.of("https://git.example/server"),
                new SourceTree(Optional.of(COMMIT), "modified"),
                List.of(),
                Map.of(),
                List.of(),
                "17",
                "3.9.9",
                "Linux"));
    return digest;
  }

  private AttachResult attach(SigningKey with) throws IOException {
    return new EvidenceAttacher(store)
        .attach(
            new AttachRequest(
                "registry.example/server", image, folder.resolve("image/evidence"), with));
  }

  private VerifyResult verify(VerifyPolicy policy, int threshold, VerifyingKey... keys)
      throws IOException {
    return new ImageVerifier(store)
        .verify(new VerifyRequest(image, List.of(keys), threshold, policy, NOW));
  }

  private VerifyResult verify() throws IOException {
    return verify(VerifyPolicy.NONE, 1, trusted);
  }

  private static List<FailureCode> codes(VerifyResult result, String subject) {
    return result.findings().stream()
        .filter(each -> each.subject().equals(subject))
        .flatMap(each -> each.failures().stream())
        .map(Failure::code)
        .toList();
  }

  private static String text(VerifyResult result) {
    return String.join("\n", result.lines());
  }

  /** Attaches a statement that a test has made, in place of all of its type. */
  private void replace(Digest subject, Statement statement, SigningKey with) throws IOException {
    remove(statement.predicateType());
    attachBundle(subject, statement.predicateType(), Envelope.sign(statement, with));
  }

  private void attachBundle(Digest subject, String type, byte[] bundle) throws IOException {
    Descriptor to = Descriptor.of(OciDocuments.MANIFEST_TYPE, subject, 1);
    new Artifacts(store)
        .attach(to, Envelope.MEDIA_TYPE, bundle, Map.of(Envelope.PREDICATE_TYPE_ANNOTATION, type));
  }

  private void remove(String predicateType) {
    store
        .referrers
        .get(image)
        .removeIf(
            each ->
                each.annotations() != null
                    && predicateType.equals(
                        each.annotations().get(Envelope.PREDICATE_TYPE_ANNOTATION)));
  }

  private Object document(String name) throws IOException {
    return Json.read(folder.resolve("image/evidence").resolve(name), Object.class);
  }

  private VerifyResult verifyRebuilds(int required, VerifyingKey... rebuilders) throws IOException {
    return new ImageVerifier(store)
        .verify(
            new VerifyRequest(
                image,
                List.of(trusted),
                1,
                VerifyPolicy.NONE,
                new Rebuilds(List.of(rebuilders), required),
                NOW));
  }

  private void attachRebuilt(Digest what, SigningKey with) throws IOException {
    Rebuilt rebuilt = new Rebuilt("https://b.example/", "r", COMMIT, "own", "17", "3.9", "Linux");
    var unused = new EvidenceAttacher(store).attach("registry.example/s", what, rebuilt, with);
  }

  @Test
  void verify_rebuilds_areCountedByTrustedKey() throws Exception {
    attach(key);
    SigningKey alice = SigningKey.parse("a", Keys.ed25519());
    SigningKey bob = SigningKey.parse("b", Keys.p256());
    VerifyingKey[] rebuilders = {alice.verifyingKey("alice"), bob.verifyingKey("bob")};
    attachRebuilt(image, alice);
    attachRebuilt(image, alice);
    // The publisher's own word is nobody else's, and a stranger's counts as little.
    attachRebuilt(image, key);
    attachRebuilt(image, SigningKey.parse("s", Keys.ed25519()));

    assertThat(text(verifyRebuilds(1, rebuilders)))
        .containsPattern("rebuilds +good +1 of 2 trusted rebuilders .*: alice \\(sha256:");
    VerifyResult tooFew = verifyRebuilds(2, rebuilders);
    assertThat(codes(tooFew, "rebuilds")).containsExactly(EvidenceCode.TOO_FEW_REBUILDS);
    attachRebuilt(image, bob);
    assertThat(verifyRebuilds(2, rebuilders).isGood()).isTrue();
    assertThat(text(verify())).doesNotContain("rebuilds");
  }

  @Test
  void verify_rebuilders_areTrustedWithNothingElse() throws Exception {
    SigningKey alice = SigningKey.parse("a", Keys.ed25519());
    attach(alice);

    VerifyResult result = verifyRebuilds(0, alice.verifyingKey("alice"));

    assertThat(codes(result, "signature")).isNotEmpty().containsOnly(EvidenceCode.NOT_SIGNED);
    assertThat(codes(result, "provenance")).isNotEmpty();
    assertThat(text(result)).containsPattern("rebuilds +good +0 of 1");
  }

  @Test
  void verify_rebuildOfAnotherImage_isRefused() throws Exception {
    attach(key);
    SigningKey alice = SigningKey.parse("a", Keys.ed25519());
    Rebuilt rebuilt = new Rebuilt("https://b.example/", "r", COMMIT, "own", "17", "3.9", "Linux");
    Statement elsewhere =
        Statement.about("s", Digest.of(new byte[] {1}), Predicates.REBUILT, rebuilt);
    attachBundle(image, Predicates.REBUILT, Envelope.sign(elsewhere, alice));

    VerifyResult result = verifyRebuilds(1, alice.verifyingKey("alice"));

    assertThat(codes(result, "rebuilds"))
        .containsExactly(EvidenceCode.TOO_FEW_REBUILDS, EvidenceCode.SUBJECT_MISMATCH);
  }

  @ParameterizedTest
  @CsvSource({"Ed25519", "P-256"})
  void verify_whatWasAttached_isAcceptedWithATable(String kind) throws Exception {
    SigningKey used = kind.equals("P-256") ? SigningKey.parse("p", Keys.p256()) : key;

    AttachResult attached = attach(used);
    VerifyResult result = verify(VerifyPolicy.NONE, 1, used.verifyingKey("publisher"));

    assertThat(attached.tag()).isEqualTo("sha256-" + image.hex() + ".sig");
    assertThat(attached.artifacts()).hasSize(8);
    result.requireGood();
    assertThat(result.lines())
        .satisfiesExactly(
            line -> assertThat(line).startsWith("signature   good     publisher (sha256:"),
            line ->
                assertThat(line)
                    .startsWith("provenance  good     built by https://ci.example/runner from ")
                    .contains("commit " + COMMIT + " (modified), 5 inputs"),
            line -> assertThat(line).contains("2 trusted by signatures, 1 by their digests alone"),
            line -> assertThat(line).contains("2 packages and 5 files, as in the layers"),
            line -> assertThat(line).contains("3 statements, affected by CVE-2026-77"));
  }

  @Test
  void attach_twice_changesNothing() throws Exception {
    attach(key);
    Map<String, Object> before = store.state();

    attach(key);

    assertThat(store.state()).isEqualTo(before);
  }

  @Test
  void attach_documentsOfAnotherImage_areRefusedAndNothingIsAttached() throws Exception {
    Map<String, Object> before = store.state();
    make("other", "another program\n");
    for (String name : List.of("sbom.cdx.json", "provenance.intoto.json", "vex.openvex.json")) {
      Path file = folder.resolve("image/evidence").resolve(name);
      byte[] right = Files.readAllBytes(file);
      Files.write(file, Files.readAllBytes(folder.resolve("other/evidence").resolve(name)));

      FailureException refused = catchThrowableOfType(FailureException.class, () -> attach(key));

      assertThat(refused.failureCode()).isEqualTo(EvidenceCode.SUBJECT_MISMATCH);
      assertThat(store.state()).isEqualTo(before);
      Files.write(file, right);
    }
  }

  @Test
  void attach_noDocumentsOrNoImage_isRefused() throws Exception {
    Files.delete(folder.resolve("image/evidence/sbom.spdx.json"));
    assertThat(catchThrowableOfType(FailureException.class, () -> attach(key)).failureCode())
        .isEqualTo(EvidenceCode.NO_REPORT);

    store.manifests.clear();
    assertThat(catchThrowableOfType(FailureException.class, () -> attach(key)).failureCode())
        .isEqualTo(EvidenceCode.IMAGE_MISSING);
  }

  @Test
  void verify_wrongKey_acceptsNothing() throws Exception {
    attach(key);
    VerifyingKey stranger = SigningKey.parse("x", Keys.p256()).verifyingKey("stranger");

    VerifyResult result = verify(VerifyPolicy.NONE, 1, stranger);

    for (String subject : List.of("signature", "provenance", "sources", "sbom", "vex")) {
      assertThat(codes(result, subject)).as(subject).containsOnly(EvidenceCode.NOT_SIGNED);
    }
    FailureException refused = catchThrowableOfType(FailureException.class, result::requireGood);
    assertThat(refused).hasMessageContaining("(not-signed)");
  }

  @Test
  void verify_nothingAttached_saysThatNothingRefersToIt() throws Exception {
    VerifyResult result = verify();

    assertThat(codes(result, "signature")).containsExactly(EvidenceCode.NO_REFERRERS);
    assertThat(codes(result, "sbom")).containsExactly(EvidenceCode.EVIDENCE_MISSING);
    assertThat(text(result)).contains("signature   REFUSED  nothing refers to it");
  }

  @Test
  void verify_registryWithoutReferrers_findsTheSignatureButNoProvenance() throws Exception {
    attach(key);
    store.referrers.clear();

    VerifyResult result = verify();

    assertThat(codes(result, "signature")).isEmpty();
    assertThat(codes(result, "provenance")).containsExactly(EvidenceCode.EVIDENCE_MISSING);
  }

  @Test
  void verify_signatureOfAnotherImage_isRefused() throws Exception {
    attach(key);
    Digest other = Digest.of(new byte[] {7});
    replace(image, Statement.about("server", other, Predicates.IMAGE_SIGNATURE, Map.of()), key);
    store.manifests.remove(SimpleSigning.tag(image));

    VerifyResult result = verify();

    assertThat(codes(result, "signature")).containsExactly(EvidenceCode.SUBJECT_MISMATCH);
  }

  @Test
  void verify_tagWithSignatureOfAnotherImage_isRefused() throws Exception {
    attach(key);
    remove(Predicates.IMAGE_SIGNATURE);
    Digest mine = image;
    image = make("other", "another program\n");
    store.with(folder.resolve("other/server.tar"));
    new EvidenceAttacher(store)
        .attach(
            new AttachRequest(
                "registry.example/server", image, folder.resolve("other/evidence"), key));
    store.manifests.put(SimpleSigning.tag(mine), store.manifests.get(SimpleSigning.tag(image)));
    image = mine;

    VerifyResult result = verify();

    assertThat(codes(result, "signature")).containsExactly(EvidenceCode.SUBJECT_MISMATCH);
  }

  @Test
  void verify_provenanceOfAnotherImage_isRefused() throws Exception {
    attach(key);
    Digest other = make("other", "another program\n");
    Statement moved =
        Json.read(
            folder.resolve("other/evidence").resolve(BuildProvenance.PROVENANCE), Statement.class);
    assertThat(moved.isAbout(other)).isTrue();
    replace(image, moved, key);

    VerifyResult result = verify();

    assertThat(codes(result, "provenance")).containsExactly(EvidenceCode.SUBJECT_MISMATCH);
    assertThat(codes(result, "signature")).isEmpty();
  }

  @Test
  void verify_truncatedBundle_isRefused() throws Exception {
    attach(key);
    Statement right =
        Json.read(
            folder.resolve("image/evidence").resolve(BuildProvenance.PROVENANCE), Statement.class);
    byte[] bundle = Envelope.sign(right, key);
    remove(Provenance.PREDICATE_TYPE);
    attachBundle(image, Provenance.PREDICATE_TYPE, Arrays.copyOf(bundle, bundle.length / 2));

    VerifyResult result = verify();

    assertThat(codes(result, "provenance")).containsExactly(EvidenceCode.BUNDLE_DAMAGED);
  }

  @Test
  void verify_bundleChangedInTheStore_isRefused() throws Exception {
    attach(key);
    store.blobs.replaceAll(
        (digest, bytes) ->
            new String(bytes, StandardCharsets.UTF_8).contains("dsseEnvelope")
                ? "{}".getBytes(StandardCharsets.UTF_8)
                : bytes);

    VerifyResult result = verify();

    assertThat(codes(result, "provenance")).containsExactly(EvidenceCode.BUNDLE_DAMAGED);
    assertThat(text(result)).contains("its digest is sha256:");
  }

  @Test
  void verify_rubbishAttachedByStrangers_changesNothing() throws Exception {
    attach(key);
    SigningKey stranger = SigningKey.parse("x", Keys.p256());
    attachBundle(image, Provenance.PREDICATE_TYPE, new byte[] {1, 2, 3});
    attachBundle(
        image,
        Predicates.CYCLONE_DX,
        Envelope.sign(Statement.about("server", image, Predicates.CYCLONE_DX, Map.of()), stranger));

    verify().requireGood();
  }

  @Test
  void verify_sbomLacksAFile_isRefused() throws Exception {
    attach(key);
    assertSbomRefused(
        "\"/usr/bin/server\"", "\"/usr/bin/other\"", "lacks the file /usr/bin/server");
  }

  @Test
  void verify_sbomHasAnotherDigest_isRefused() throws Exception {
    attach(key);
    String digest = Digest.of("program\n".getBytes(StandardCharsets.UTF_8)).hex();
    assertSbomRefused(digest, "0".repeat(64), "the file /usr/bin/server has the digest " + digest);
  }

  @Test
  void verify_sbomLacksAPackage_isRefused() throws Exception {
    attach(key);
    assertSbomRefused(
        "\"name\":\"libtls\"", "\"name\":\"libssl\"", "lacks the package libtls-3.5.7-r1");
  }

  @Test
  void verify_sbomListsAFileThatIsNotThere_isRefused() throws Exception {
    attach(key);
    assertSbomRefused(
        "\"components\":[{\"bom-ref\":\"pkg:",
        "\"components\":[{\"type\":\"file\",\"name\":\"/usr/bin/more\"},{\"bom-ref\":\"pkg:",
        "no layer has its file /usr/bin/more");
  }

  @Test
  void verify_sbomOfAnotherImageInAStatementAboutThis_isRefused() throws Exception {
    attach(key);
    assertSbomRefused(image.hex(), "0".repeat(64), "it describes another image");
  }

  private void assertSbomRefused(String from, String to, String text) throws IOException {
    String right =
        new String(Json.compact(document(BillOfMaterials.CYCLONE_DX)), StandardCharsets.UTF_8);
    String wrong = right.replace(from, to);
    assertThat(wrong).isNotEqualTo(right);
    Object predicate = Json.parse("test", wrong.getBytes(StandardCharsets.UTF_8), Object.class);
    replace(image, Statement.about("server", image, Predicates.CYCLONE_DX, predicate), key);

    VerifyResult result = verify();

    assertThat(codes(result, "sbom")).containsExactly(EvidenceCode.SBOM_MISMATCH);
    assertThat(text(result)).contains(text);
  }

  @Test
  void verify_layerChangedInTheStore_isRefused() throws Exception {
    attach(key);
    Digest layer =
        Json.parse("m", store.manifests.get(image.toString()), OciDocuments.Manifest.class)
            .layers()
            .get(0)
            .digest();
    Digest other =
        Json.parse("m", store.manifests.get(image.toString()), OciDocuments.Manifest.class)
            .layers()
            .get(1)
            .digest();
    store.blobs.put(layer.toString(), store.blobs.get(other.toString()));

    assertThat(codes(verify(), "sbom")).containsExactly(EvidenceCode.LAYER_DAMAGED);
  }

  @Test
  void verify_manifestChangedOrMissing_stops() throws Exception {
    attach(key);
    byte[] right = store.manifests.get(image.toString());
    store.manifests.put(image.toString(), "{}".getBytes(StandardCharsets.UTF_8));
    assertThat(catchThrowableOfType(FailureException.class, this::verify).failureCode())
        .isEqualTo(EvidenceCode.BUNDLE_DAMAGED);

    store.manifests.remove(image.toString());
    assertThat(right).isNotEmpty();
    assertThat(catchThrowableOfType(FailureException.class, this::verify).failureCode())
        .isEqualTo(EvidenceCode.IMAGE_MISSING);
  }

  /** Puts an index over the image and another one into the store, with their evidence. */
  private Digest index() throws IOException {
    attach(key);
    Digest first = image;
    image = make("other", "another program\n");
    store.with(folder.resolve("other/server.tar"));
    new EvidenceAttacher(store).attach(request("other"));
    byte[] index =
        Json.compact(
            OciDocuments.Index.of(
                List.of(platform(first, "amd64"), platform(image, "arm64")), null));
    Json.write(
        folder.resolve("index/image.json"),
        new IndexReport(
            "example/server:1.0",
            "1.0",
            Digest.of(index),
            "index.tar",
            Digest.of(index),
            1,
            Digest.of(index),
            List.of(
                new IndexReport.Entry(Platform.LINUX_AMD64, first, first, 1),
                new IndexReport.Entry(Platform.LINUX_ARM64, image, image, 1))));
    image = Digest.of(index);
    store.manifests.put(image.toString(), index);
    new BillOfMaterials(line -> {}).write(new Fixture(folder.resolve("index")).request());
    return first;
  }

  private Descriptor platform(Digest digest, String architecture) {
    return Descriptor.of(OciDocuments.MANIFEST_TYPE, store.manifests.get(digest.toString()))
        .with(new OciDocuments.TargetPlatform(architecture, "linux", null));
  }

  private AttachRequest request(String name) {
    return new AttachRequest(
        "registry.example/server", image, folder.resolve(name + "/evidence"), key);
  }

  @Test
  void verify_indexWithEvidence_isAcceptedWithEachOfItsImages() throws Exception {
    index();

    AttachResult attached = new EvidenceAttacher(store).attach(request("index"));
    VerifyResult result = verify();

    Schemas.requireCycloneDx(folder.resolve("index/evidence/sbom.cdx.json"));
    assertThat(attached.artifacts()).hasSize(3);
    result.requireGood();
    assertThat(result.lines()).hasSize(10);
    assertThat(text(result))
        .contains("2 images, as in the index")
        .containsPattern("linux/arm64 sbom +good +2 packages and 5 files");
  }

  @Test
  void verify_indexWithoutSignature_isRefusedThoughItsImagesAreSigned() throws Exception {
    index();

    assertThat(codes(verify(), "signature")).containsExactly(EvidenceCode.NO_REFERRERS);
  }

  @Test
  void verify_indexWhoseImageHasNoEvidence_isRefused() throws Exception {
    Digest first = index();
    new EvidenceAttacher(store).attach(request("index"));
    store.referrers.remove(first);

    VerifyResult result = verify();

    assertThat(codes(result, "linux/amd64 provenance"))
        .containsExactly(EvidenceCode.EVIDENCE_MISSING);
    assertThat(codes(result, "linux/arm64 provenance")).isEmpty();
  }

  @Test
  void verify_sbomOfAnIndexThatLacksAnImage_isRefused() throws Exception {
    Digest first = index();
    new EvidenceAttacher(store).attach(request("index"));
    Path sbom = folder.resolve("index/evidence/sbom.cdx.json");
    String wrong = Files.readString(sbom).replace(first.hex(), "0".repeat(64));
    Object predicate = Json.parse("test", wrong.getBytes(StandardCharsets.UTF_8), Object.class);
    replace(image, Statement.about("server", image, Predicates.CYCLONE_DX, predicate), key);

    assertThat(codes(verify(), "sbom")).containsExactly(EvidenceCode.SBOM_MISMATCH);
  }

  @Test
  void verify_thresholdOfTwo_needsTwoDifferentKeys() throws Exception {
    SigningKey second = SigningKey.parse("second", Keys.p256());
    VerifyingKey[] both = {trusted, second.verifyingKey("reviewer")};
    attach(key);
    VerifyResult one = verify(VerifyPolicy.NONE, 2, both);
    VerifyResult sameTwice =
        verify(VerifyPolicy.NONE, 2, trusted, key.verifyingKey("publisher again"));

    attach(second);
    VerifyResult two = verify(VerifyPolicy.NONE, 2, both);

    assertThat(codes(one, "signature")).containsExactly(EvidenceCode.TOO_FEW_SIGNERS);
    assertThat(text(one)).contains("1 of 2 trusted keys signed it; expected at least 2");
    assertThat(codes(sameTwice, "signature")).containsExactly(EvidenceCode.TOO_FEW_SIGNERS);
    two.requireGood();
    assertThat(text(two)).contains("publisher (").contains("reviewer (");
  }

  @Test
  void verify_expiredCertificate_isRefused() throws Exception {
    Path pem = Files.writeString(folder.resolve("key.pem"), Keys.p256());
    Path certificate = folder.resolve("certificate.pem");
    Process made =
        new ProcessBuilder(
                "openssl",
                "req",
                "-x509",
                "-new",
                "-key",
                pem.toString(),
                "-days",
                "1",
                "-subj",
                "/CN=Signer",
                "-out",
                certificate.toString())
            .redirectErrorStream(true)
            .start();
    assertThat(made.waitFor()).isZero();
    attach(SigningKey.parse("key", Files.readString(pem)));
    VerifyingKey signer = VerifyingKey.parse("signer", Files.readString(certificate));

    VerifyResult later =
        new ImageVerifier(store)
            .verify(
                new VerifyRequest(
                    image,
                    List.of(signer),
                    1,
                    VerifyPolicy.NONE,
                    Instant.now().plusSeconds(3 * 86400)));

    assertThat(codes(later, "keys")).containsExactly(EvidenceCode.CERTIFICATE_EXPIRED);
    assertThat(codes(later, "signature")).containsOnly(EvidenceCode.NOT_SIGNED);
    new ImageVerifier(store)
        .verify(new VerifyRequest(image, List.of(signer), 1, VerifyPolicy.NONE, Instant.now()))
        .requireGood();
  }

  @ParameterizedTest
  @CsvSource({
    "https://elsewhere.example/,,,builder is https://ci.example/runner",
    ",https://git.example/fork,,repository is https://git.example/server",
    ",,ffffffffffffffffffffffffffffffffffffffff,commit is 0123456789",
    ",,,working tree is modified"
  })
  void verify_provenanceAgainstPolicy_isRefused(
      String builder, String repository, String commit, String text) throws Exception {
    attach(key);
    VerifyPolicy policy =
        new VerifyPolicy(
            Optional.ofNullable(builder),
            Optional.ofNullable(repository),
            Optional.ofNullable(commit),
            text.startsWith("working"),
            false,
            Set.of());

    VerifyResult result = verify(policy, 1, trusted);

    assertThat(codes(result, "provenance")).containsExactly(EvidenceCode.POLICY_VIOLATED);
    assertThat(text(result)).contains(text);
  }

  @Test
  void verify_policyThatFits_isAccepted() throws Exception {
    attach(key);
    verify(
            new VerifyPolicy(
                Optional.of("https://ci.example/runner"),
                Optional.of("https://git.example/server"),
                Optional.of(COMMIT),
                false,
                true,
                Set.of("CVE-2026-77")),
            1,
            trusted)
        .requireGood();
  }

  @Test
  void verify_affectedAndNotAllowed_isRefused() throws Exception {
    attach(key);
    VerifyPolicy policy =
        new VerifyPolicy(
            Optional.empty(), Optional.empty(), Optional.empty(), false, true, Set.of("CVE-1"));

    VerifyResult result = verify(policy, 1, trusted);

    assertThat(codes(result, "vex")).containsExactly(EvidenceCode.AFFECTED);
    assertThat(text(result)).contains("it is affected by CVE-2026-77");
  }

  @Test
  void request_impossibleThreshold_isRefused() {
    List<IllegalArgumentException> refused = new ArrayList<>();
    for (int threshold : new int[] {0, 2}) {
      refused.add(
          catchThrowableOfType(
              IllegalArgumentException.class,
              () -> new VerifyRequest(image, List.of(trusted), threshold, VerifyPolicy.NONE, NOW)));
    }
    assertThat(refused).doesNotContainNull();
  }
}
