package io.github.prosodyoci.verify;

import static io.github.prosodyoci.verify.openpgp.SignatureSyntaxTest.code;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.BORN;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.DATA;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.KEY;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.NOW;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.OTHER;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.SIGNED;
import static io.github.prosodyoci.verify.openpgp.TestCertificate.signatureArmor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.fetch.FetchSettings;
import io.github.prosodyoci.fetch.Fetcher;
import io.github.prosodyoci.fetch.Progress;
import io.github.prosodyoci.fetch.debian.DebianMirrors;
import io.github.prosodyoci.fetch.unpinned.DebianArchive;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.RecipeDocument;
import io.github.prosodyoci.verify.EvidenceResult.Outcome;
import io.github.prosodyoci.verify.openpgp.Bytes;
import io.github.prosodyoci.verify.openpgp.ClearSignedTest;
import io.github.prosodyoci.verify.openpgp.TestCertificate;
import io.github.prosodyoci.verify.openpgp.TestKey;
import io.github.prosodyoci.verify.openpgp.TestSignature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** The evidence of whole recipes, with an archive of our own on this machine. */
class SourceVerifierTest {

  private static final String ARCHIVE = "evidence:\n      - debian-archive: trixie\n";

  private static final String SOURCES = "main/source/Sources.xz";

  @TempDir private Path folder;
  private final Map<String, byte[]> served = new TreeMap<>();
  private HttpServer server;
  private Instant now = NOW;
  private String validUntil = "";
  private String debianFile = "pkg/pkg_1.orig.tar.gz";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = served.get(exchange.getRequestURI().getPath());
          exchange.sendResponseHeaders(body == null ? 404 : 200, body == null ? -1 : body.length);
          if (body != null) {
            exchange.getResponseBody().write(body);
          }
          exchange.close();
        });
    server.start();
    Path trust = Files.createDirectories(folder.resolve("trust"));
    Files.write(trust.resolve("key.asc"), TestCertificate.of(KEY, BORN).armored());
    Files.write(trust.resolve("other.asc"), TestCertificate.of(OTHER, BORN).armored());
    Files.writeString(
        trust.resolve("trust.yaml"), "suites:\n  trixie: [" + KEY.fingerprint() + "]\n");
    Files.write(folder.resolve("file.tar"), DATA);
    publish("2025-12-01T00:00:00Z", sources(DATA), KEY);
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private static String sources(byte[] content) {
    return "Package: pkg\nChecksums-Sha256:\n "
        + Digest.of(content).hex()
        + " 5 pkg_1.orig.tar.gz\n\n";
  }

  private void publish(String date, String sources, TestKey key) throws IOException {
    publish(date, SOURCES, xz(sources), key);
  }

  private static byte[] xz(String text) throws IOException {
    ByteArrayOutputStream xz = new ByteArrayOutputStream();
    try (XZOutputStream out = new XZOutputStream(xz, new LZMA2Options(1))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return xz.toByteArray();
  }

  private void publish(String date, String path, byte[] index, TestKey key) {
    publish(date, path, index, index.length, key);
  }

  private void publish(String date, String path, byte[] index, long size, TestKey key) {
    String hex = Digest.of(index).hex();
    String text =
        validUntil
            + "Suite: stable\nCodename: trixie\nDate: "
            + DateTimeFormatter.RFC_1123_DATE_TIME
                .format(Instant.parse(date).atOffset(ZoneOffset.UTC))
                .replace("GMT", "UTC")
            + "\nSHA256:\n "
            + hex
            + " "
            + size
            + " "
            + path;
    String file = ClearSignedTest.frame(text, ClearSignedTest.sign(key, text));
    served.put("/debian/dists/trixie/InRelease", file.getBytes(StandardCharsets.UTF_8));
    String indexFolder = path.substring(0, path.lastIndexOf('/'));
    served.put("/debian/dists/trixie/" + indexFolder + "/by-hash/SHA256/" + hex, index);
  }

  private List<DeclaredSource> declared(String evidence) {
    String yaml =
        "package: {name: pkg}\nsources:\n  - file: file.tar\n    sha256: "
            + Digest.of(DATA).hex()
            + "\n    origins: ['file:file.tar', 'debian:"
            + debianFile
            + "']\n    "
            + evidence;
    return DeclaredSource.needed(
        RecipeDocument.parse(folder.resolve("pkg.yaml"), yaml).sources(),
        List.of(Platform.LINUX_AMD64),
        BuildHost.current());
  }

  private SourceVerifier verifier() {
    DebianMirrors mirrors =
        new DebianMirrors(
            List.of(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/debian")),
            List.of());
    Path cache = folder.resolve("cache");
    FetchSettings settings = FetchSettings.STANDARD.withAttempts(1).withMirrors(mirrors);
    return new SourceVerifier(
        new Fetcher(cache, settings, Progress.SILENT),
        new DebianArchive(cache, settings, Progress.SILENT),
        cache,
        Clock.fixed(now, ZoneOffset.UTC));
  }

  private VerifyRequest request(String evidence) throws IOException {
    return new VerifyRequest(declared(evidence), TrustFolder.read(folder.resolve("trust")), "1");
  }

  private VerifyResult verify(String evidence) throws IOException {
    return verifier().verify(request(evidence));
  }

  private List<EvidenceResult> results(String evidence) throws IOException {
    return verify(evidence).sources().get(0).evidence();
  }

  private static String signature(byte[] file, String more) {
    return "evidence:\n      - signature: {file: file.tar.asc, sha256: "
        + Digest.of(file).hex()
        + ", origins: ['file:file.tar.asc'], signers: ["
        + KEY.fingerprint()
        + "]"
        + more
        + "}\n";
  }

  private byte[] sign(TestKey key, int hash, byte[] data) throws IOException {
    byte[] file = signatureArmor(new TestSignature(key, 0, SIGNED).hash(hash).over(data));
    Files.write(folder.resolve("file.tar.asc"), file);
    return file;
  }

  @Test
  void verify_detachedSignature_isSufficient() throws IOException {
    VerifyResult verification = verify(signature(sign(KEY, 8, DATA), ""));

    assertThat(verification.trusted()).containsExactly(Digest.of(DATA));
    assertThat(verification.table())
        .containsExactly("file.tar  strong  Test <test@example.org>, 2024-01-01, file.tar.asc");
    assertThat(verification.sources().get(0).evidence())
        .containsExactly(
            new EvidenceResult(
                "signature",
                "file.tar.asc",
                Outcome.SUFFICIENT,
                KEY.fingerprint(),
                "Test <test@example.org>",
                "2024-01-01T00:00:00Z",
                "EdDSA-256, SHA-256",
                Map.of(),
                List.of()));
  }

  @Test
  void verify_writtenReport_isReadBackAndUpToDate() throws IOException {
    String evidence = signature(sign(KEY, 8, DATA), "");
    Path file = folder.resolve("target/verification.json");
    VerifyResult verification = verify(evidence);
    List<String> said = new ArrayList<>();
    verification.write(file);

    assertThat(VerifyResult.read(file)).isEqualTo(verification);
    assertThat(verification.sources().get(0).origin()).isEqualTo("file:file.tar");
    assertThat(verification.sources().get(0).size()).isEqualTo(DATA.length);
    assertThat(VerifyResult.upToDate(file, request(evidence).inputs(), said::add))
        .contains(verification);
    assertThat(VerifyResult.upToDate(file, request(ARCHIVE).inputs(), said::add)).isEmpty();
    Files.delete(folder.resolve("trust/other.asc"));
    assertThat(VerifyResult.upToDate(file, request(evidence).inputs(), said::add)).isEmpty();
    assertThat(said).isEmpty();
    Files.writeString(file, "{");
    assertThat(VerifyResult.upToDate(file, verification.inputs(), said::add)).isEmpty();
    assertThat(said)
        .singleElement()
        .asString()
        .startsWith("The report " + file + " of an earlier build is not used: ");
  }

  @Test
  void verify_signatureOverOtherData_stops() throws IOException {
    byte[] file = sign(KEY, 8, "other".getBytes(StandardCharsets.UTF_8));

    assertThat(code(() -> verify(signature(file, "")))).isEqualTo(VerifyCode.BAD_SIGNATURE);
    assertThat(
            code(
                () ->
                    verify(
                        signature(file, ", optional: true") + "      - debian-archive: trixie\n")))
        .isEqualTo(VerifyCode.BAD_SIGNATURE);
  }

  @Test
  void verify_tamperedFile_stops() throws IOException {
    String evidence = signature(sign(KEY, 8, DATA), "");
    Files.writeString(folder.resolve("file.tar"), "other");

    assertThatThrownBy(() -> verify(evidence))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("digest mismatch");
  }

  @Test
  void verify_wrongSigner_stopsWithItsName() throws IOException {
    byte[] file = sign(OTHER, 8, DATA);

    assertThatThrownBy(() -> verify(signature(file, "")))
        .hasMessage(
            "Could not verify file.tar by its signature file.tar.asc: it is signed by "
                + OTHER.fingerprint()
                + ", which is not pinned (wrong-signer). If upstream has a new release key, check"
                + " it, add it to the trust folder and pin it.");
  }

  @Test
  void verify_strippedSignature_stops() throws IOException {
    byte[] file = sign(KEY, 8, DATA);
    Files.delete(folder.resolve("file.tar.asc"));

    assertThat(code(() -> verify(signature(file, "") + "      - debian-archive: trixie\n")))
        .isEqualTo(VerifyCode.SIGNATURE_STRIPPED);
  }

  @Test
  void verify_optionalSignatureMissing_goesOn() throws IOException {
    byte[] file = sign(KEY, 8, DATA);
    Files.delete(folder.resolve("file.tar.asc"));

    assertThat(results(signature(file, ", optional: true") + "      - debian-archive: trixie\n"))
        .extracting(EvidenceResult::outcome)
        .containsExactly(Outcome.UNAVAILABLE, Outcome.SUFFICIENT);
    assertThat(code(() -> verify(signature(file, ", optional: true"))))
        .isEqualTo(VerifyCode.INSUFFICIENT);
  }

  @Test
  void verify_weakSignature_isNeverEnoughAlone() throws IOException {
    byte[] file = sign(KEY, 2, DATA);

    assertThat(code(() -> verify(signature(file, "")))).isEqualTo(VerifyCode.WEAK_HASH);
    assertThat(results(signature(file, "") + "      - debian-archive: trixie\n"))
        .extracting(EvidenceResult::outcome)
        .containsExactly(Outcome.WEAK, Outcome.SUFFICIENT);
  }

  @Test
  void verify_sufficientEntry_endsTheSearch() throws IOException {
    byte[] file = sign(KEY, 8, DATA);
    served.clear();

    assertThat(results(signature(file, "") + "      - debian-archive: trixie\n")).hasSize(1);
  }

  @Test
  void verify_debianArchive_isSufficient() throws IOException {
    EvidenceResult result = results(ARCHIVE).get(0);

    assertThat(result.outcome()).isEqualTo(Outcome.SUFFICIENT);
    assertThat(result.signer()).isEqualTo(KEY.fingerprint());
    assertThat(result.notes()).containsExactly("index of 2025-12-01T00:00:00Z");
  }

  @Test
  void verify_indexListsOtherDigest_stops() throws IOException {
    publish("2025-12-01T00:00:00Z", sources(new byte[0]), KEY);

    assertThat(code(() -> verify(ARCHIVE))).isEqualTo(VerifyCode.INDEX_CHAIN);
  }

  @Test
  void verify_indexListsNothing_isIndexChain() throws IOException {
    publish("2025-12-01T00:00:00Z", "", KEY);

    assertThat(code(() -> verify(ARCHIVE))).isEqualTo(VerifyCode.INDEX_CHAIN);
  }

  @Test
  void verify_digestListedAmongMd5Only_isIndexChain() throws IOException {
    publish("2025-12-01T00:00:00Z", sources(DATA).replace("Checksums-Sha256", "Files"), KEY);

    assertThat(code(() -> verify(ARCHIVE))).isEqualTo(VerifyCode.INDEX_CHAIN);
  }

  @Test
  void verify_indexOfRightSizeButOtherContent_isIndexChain() {
    served.replaceAll(
        (path, body) -> {
          byte[] other = body.clone();
          other[other.length / 2] ^= path.endsWith("InRelease") ? 0 : (byte) 1;
          return other;
        });

    assertThat(code(() -> verify(ARCHIVE))).isEqualTo(VerifyCode.INDEX_CHAIN);
  }

  @Test
  void verify_noIndexToBeHad_isInsufficient() {
    served.keySet().removeIf(path -> !path.endsWith("InRelease"));

    assertThat(code(() -> verify(ARCHIVE))).isEqualTo(VerifyCode.INSUFFICIENT);
  }

  @Test
  void verify_dateThatCannotBeRecorded_isNoted() throws IOException {
    Files.createDirectories(folder.resolve("cache"));
    Files.createSymbolicLink(folder.resolve("cache/verify"), Path.of("no-such-folder"));

    assertThat(results(ARCHIVE).get(0).notes())
        .containsExactly(
            "index of 2025-12-01T00:00:00Z",
            "its date could not be recorded: the cache is not writable");
  }

  @Test
  void verify_recordOfNewestIndexUnreadable_stopsAndSaysWhatToDo() throws IOException {
    Path record = folder.resolve("cache/verify/last-seen/trixie");
    Files.createDirectories(record.getParent());

    Files.writeString(record, "yesterday");
    assertThat(code(() -> verify(ARCHIVE))).isEqualTo(VerifyCode.LAST_SEEN);
    Files.write(record, new byte[] {'2', (byte) 0xff});
    assertThat(code(() -> verify(ARCHIVE))).isEqualTo(VerifyCode.LAST_SEEN);
    Files.delete(record);
    Files.createDirectory(record);
    assertThatThrownBy(() -> verify(ARCHIVE))
        .hasMessageContaining(record.toString())
        .hasMessageContaining("remove");

    Files.delete(record);
    assertThat(results(ARCHIVE).get(0).outcome()).isEqualTo(Outcome.SUFFICIENT);
    assertThat(record).hasContent("2025-12-01T00:00:00Z");
  }

  @Test
  void verify_byHashMissing_usesThePath() throws IOException {
    String byHash =
        served.keySet().stream()
            .filter(path -> path.contains("/by-hash/"))
            .findFirst()
            .orElseThrow();
    served.put("/debian/dists/trixie/main/source/Sources.xz", served.remove(byHash));

    assertThat(results(ARCHIVE).get(0).outcome()).isEqualTo(Outcome.SUFFICIENT);
  }

  @Test
  void verify_allowedSha1SelfSignature_isReportedWithItsReason() throws IOException {
    Files.write(
        folder.resolve("trust/key.asc"),
        new TestCertificate(KEY)
            .user("T", BORN, self -> self.hash(2).hashed(TestSignature.flags(3)))
            .armored());
    byte[] file = sign(KEY, 8, DATA);

    assertThat(code(() -> verify(signature(file, "")))).isEqualTo(VerifyCode.WEAK_HASH);
    EvidenceResult result =
        results(signature(file, ", allow: {sha1-self-signature: compared with their site}")).get(0);
    assertThat(result.outcome()).isEqualTo(Outcome.SUFFICIENT);
    assertThat(result.waivers())
        .containsExactly(Map.entry("sha1-self-signature", "compared with their site"));
  }

  @Test
  void verify_clockFarAhead_refusesAnIndexThatHasEnded() throws IOException {
    validUntil = "Valid-Until: Mon, 08 Dec 2025 00:00:00 UTC\n";
    publish("2025-12-01T00:00:00Z", sources(DATA), KEY);
    now = Instant.parse("2040-01-01T00:00:00Z");

    assertThat(code(() -> verify(ARCHIVE))).isEqualTo(VerifyCode.RELEASE_DATE);
    now = Instant.parse("2025-12-07T00:00:00Z");
    assertThat(results(ARCHIVE).get(0).outcome()).isEqualTo(Outcome.SUFFICIENT);
  }

  @Test
  void verify_clockAtTheEpoch_stops() throws IOException {
    byte[] file = sign(KEY, 8, DATA);
    now = Instant.EPOCH;

    assertThat(code(() -> verify(signature(file, "")))).isEqualTo(VerifyCode.SIG_TIME);
    assertThat(code(() -> verify(ARCHIVE))).isEqualTo(VerifyCode.SIG_TIME);
  }

  @Test
  void verify_binaryPackage_isLookedUpInItsArchitecturesIndex() throws IOException {
    String packages =
        "Package: pkg-dev\nSource: pkg\nFilename: pool/main/p/pkg/pkg-dev_1_amd64.deb\nSHA256: "
            + Digest.of(DATA).hex()
            + "\n\n";
    served.clear();
    publish("2025-12-01T00:00:00Z", "main/binary-amd64/Packages.xz", xz(packages), KEY);
    debianFile = "pkg/pkg-dev_1_amd64.deb";

    EvidenceResult result = results(ARCHIVE).get(0);

    assertThat(result.outcome()).isEqualTo(Outcome.SUFFICIENT);
    assertThat(result.document()).isEqualTo("Debian trixie, main/binary-amd64/Packages.xz");
  }

  @Test
  void verify_inReleaseByOtherKey_stops() throws IOException {
    publish("2025-12-01T00:00:00Z", sources(DATA), OTHER);

    assertThat(code(() -> verify(ARCHIVE))).isEqualTo(VerifyCode.WRONG_SIGNER);
  }

  @Test
  void verify_inReleaseTampered_stopsWithItsCode() {
    byte[] file = served.get("/debian/dists/trixie/InRelease");
    served.put(
        "/debian/dists/trixie/InRelease",
        Bytes.join(file, "SHA256:\n".getBytes(StandardCharsets.UTF_8)));

    assertThat(code(() -> verify(ARCHIVE))).isEqualTo(VerifyCode.CLEARSIGN_TRAILING);
  }

  @Test
  void verify_indexSizeWrongOrNotXz_stops() throws IOException {
    byte[] junk = "Package: pkg\n".getBytes(StandardCharsets.UTF_8);
    publish("2025-12-01T00:00:00Z", SOURCES, junk, junk.length + 1L, KEY);
    assertThat(code(() -> verify(ARCHIVE))).isEqualTo(VerifyCode.INDEX_CHAIN);
    publish("2025-12-01T00:00:00Z", SOURCES, junk, KEY);
    assertThat(code(() -> verify(ARCHIVE))).isEqualTo(VerifyCode.INDEX_CHAIN);
  }

  @Test
  void verify_indexOlderThanOneSeen_stops() throws IOException {
    publish("2025-12-02T00:00:00Z", sources(DATA), KEY);
    verify(ARCHIVE);
    Files.delete(folder.resolve("cache/documents/debian/trixie/InRelease"));
    publish("2025-12-01T00:00:00Z", sources(DATA), KEY);

    assertThat(code(() -> verify(ARCHIVE))).isEqualTo(VerifyCode.RELEASE_DATE);
  }

  @Test
  void verify_indexFromTheFuture_stops() {
    now = Instant.parse("2025-11-01T00:00:00Z");

    assertThat(code(() -> verify(ARCHIVE))).isEqualTo(VerifyCode.RELEASE_DATE);
  }

  @Test
  void verify_noNetwork_usesTheLastInRelease() throws IOException {
    verify(ARCHIVE);
    served.clear();

    assertThat(results(ARCHIVE).get(0).outcome()).isEqualTo(Outcome.SUFFICIENT);
  }

  @Test
  void verify_suiteNotInTrustFolder_stops() throws IOException {
    Files.delete(folder.resolve("trust/trust.yaml"));

    assertThat(code(() -> verify(ARCHIVE))).isEqualTo(VerifyCode.TRUST);
  }

  private String sourceControl(TestKey key, String name, byte[] listed) throws IOException {
    String text =
        "Format: 3.0 (quilt)\nSource: "
            + name
            + "\nChecksums-Sha256:\n "
            + Digest.of(listed).hex()
            + " 5 pkg_1.orig.tar.gz\nFiles:\n 0 5 pkg_1.orig.tar.gz";
    byte[] file =
        ClearSignedTest.frame(text, ClearSignedTest.sign(key, text))
            .getBytes(StandardCharsets.UTF_8);
    Files.write(folder.resolve("pkg_1.dsc"), file);
    return "evidence:\n      - debian-source-control: {file: pkg_1.dsc, sha256: "
        + Digest.of(file).hex()
        + ", origins: ['file:pkg_1.dsc'], signers: ["
        + KEY.fingerprint()
        + "]}\n";
  }

  @Test
  void verify_sourceControl_isSufficient() throws IOException {
    assertThat(results(sourceControl(KEY, "pkg", DATA)).get(0).outcome())
        .isEqualTo(Outcome.SUFFICIENT);
  }

  @Test
  void verify_sourceControlOfOthers_stops() throws IOException {
    String wrongDigest = sourceControl(KEY, "pkg", new byte[0]);
    assertThat(code(() -> verify(wrongDigest))).isEqualTo(VerifyCode.INDEX_CHAIN);
    String wrongPackage = sourceControl(KEY, "other", DATA);
    assertThat(code(() -> verify(wrongPackage))).isEqualTo(VerifyCode.INDEX_CHAIN);
    String wrongSigner = sourceControl(OTHER, "pkg", DATA);
    assertThat(code(() -> verify(wrongSigner))).isEqualTo(VerifyCode.WRONG_SIGNER);
  }

  @Test
  void verify_pinnedOnly_isShownAsAnException() throws IOException {
    VerifyResult verification = verify("evidence:\n      - pinned-only: no signature exists\n");

    assertThat(verification.sources().get(0).waiver()).isEqualTo("no signature exists");
    assertThat(verification.table()).containsExactly("file.tar  pinned  no signature exists");
    assertThat(verification.trusted()).containsExactly(Digest.of(DATA));
  }

  @Test
  void verify_malformedEvidence_namesFileAndLine() {
    for (String evidence :
        List.of(
            "evidence: []\n",
            "unpack: x\n",
            "evidence:\n      - magic: x\n",
            "evidence:\n      - {pinned-only: x, debian-archive: trixie}\n",
            "evidence:\n      - pinned-only: x\n      - debian-archive: trixie\n",
            "evidence:\n      - pinned-only: ' '\n",
            "evidence:\n      - debian-archive: ../x\n",
            signature(DATA, ", extra: 1"),
            signature(DATA, ", optional: maybe"),
            signature(DATA, ", allow: {everything: please}"),
            signature(DATA, "").replace(KEY.fingerprint(), "DEADBEEF"),
            signature(DATA, "").replace(KEY.fingerprint(), ""))) {
      assertThatThrownBy(() -> verify(evidence))
          .as(evidence)
          .isInstanceOf(FailureException.class)
          .hasMessageMatching("(?s).*pkg\\.yaml:\\d+\\): .*");
    }
  }
}
