package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Tools;
import io.github.prosodyoci.it.container.Workspace;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The image's evidence in a real registry, by our own goals, and by programs of others. */
class EvidenceIT {

  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private static final String INDEX = "application/vnd.oci.image.index.v1+json";

  private static InstalledGoals goals;
  private static DockerRegistry registry;
  private static Path folder;
  private static String digest;
  private static String attached;

  @BeforeAll
  static void pushAndAttach() throws IOException, InterruptedException {
    goals = new InstalledGoals();
    registry = new DockerRegistry();
    folder = Workspace.newFolder("evidence");
    digest = ProsodyImage.imageJson().path("digest").asText();
    makeKey("ed25519", "publisher");
    makeKey("ec", "stranger", "-pkeyopt", "ec_paramgen_curve:P-256");
    attached =
        succeed(
            maven(
                "image-assemble:push",
                "image-evidence:attach",
                "-Dprosodyoci.image=" + registry.address() + "/prosody:test",
                "-Dprosodyoci.signing.key=" + folder.resolve("publisher.pem")));
  }

  @AfterAll
  static void stop() {
    if (registry != null) {
      registry.close();
    }
  }

  private static void makeKey(String algorithm, String name, String... options) {
    String pem = folder.resolve(name + ".pem").toString();
    List<String> command = new ArrayList<>(List.of(Tools.require("openssl"), "genpkey"));
    command.addAll(List.of("-algorithm", algorithm, "-out", pem));
    command.addAll(List.of(options));
    assertThat(Command.of(command).run().exitCode()).isZero();
    String pub = folder.resolve(name + ".pub").toString();
    assertThat(Command.of("openssl", "pkey", "-in", pem, "-pubout", "-out", pub).run().exitCode())
        .isZero();
  }

  private static Command.Result maven(String... words) {
    return goals.run(List.of(words));
  }

  private static String succeed(Command.Result result) {
    assertThat(result.exitCode()).as(result.output()).isZero();
    return result.output();
  }

  private static Command.Result verify(String key, String... options) {
    return goals.run(
        Stream.concat(
                Stream.of(
                    "image-evidence:verify",
                    "-Dprosodyoci.image=" + registry.address() + "/prosody@" + digest,
                    "-Dprosodyoci.verifyImage.keys=" + folder.resolve(key)),
                Stream.of(options))
            .toList());
  }

  private static byte[] get(String path, String type) throws IOException, InterruptedException {
    HttpResponse<byte[]> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create("http://" + registry.address() + "/v2/prosody/" + path))
                    .header("Accept", type)
                    .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    assertThat(response.statusCode()).as(path).isEqualTo(200);
    return response.body();
  }

  private static JsonNode manifest(String reference) throws IOException, InterruptedException {
    return new JsonMapper().readTree(get("manifests/" + reference, MANIFEST + ", " + INDEX));
  }

  @Test
  void verify_publishersKey_acceptsTheImageWithATable() {
    assertThat(attached).contains("Attached provenance sha256:", "Signed " + registry.address());

    String log = succeed(verify("publisher.pub"));

    assertThat(log)
        .containsPattern("signature +good +publisher\\.pub \\(sha256:")
        .containsPattern("provenance +good +built by ")
        .containsPattern("sources +good +\\d+ trusted by signatures")
        .containsPattern("sbom +good +\\d+ packages and \\d{3,} files, as in the layers")
        .containsPattern("vex +good +\\d+ statements")
        .contains("@" + digest + " is accepted");
  }

  @Test
  void verify_anotherKey_refusesTheImage() {
    Command.Result result = verify("stranger.pub");

    assertThat(result.exitCode()).isNotZero();
    assertThat(result.output()).containsPattern("signature +REFUSED").contains("(not-signed)");
  }

  @Test
  void verify_anotherCommit_refusesTheImage() {
    Command.Result result =
        verify("publisher.pub", "-Dprosodyoci.verifyImage.commit=" + "f".repeat(40));

    assertThat(result.exitCode()).isNotZero();
    assertThat(result.output()).contains("(policy-violated)").containsPattern("signature +good");
  }

  /** Debian's docker-registry lists no referrers: a tag does. */
  @Test
  void attach_registryWithoutReferrers_listsThemUnderTheTag() throws Exception {
    List<String> types = new ArrayList<>();
    manifest(digest.replace(':', '-'))
        .path("manifests")
        .forEach(each -> types.add(each.path("artifactType").asText()));

    assertThat(types)
        .contains("application/vnd.cyclonedx+json", "application/spdx+json")
        .filteredOn("application/vnd.dev.sigstore.bundle.v0.3+json"::equals)
        .hasSize(6);
  }

  @Test
  void bundles_verifiedBySigstoresOwnVerifier_areGoodWithTheRightKeyOnly() throws Exception {
    Path node = Workspace.newFolder("node");
    for (String name : List.of("package.json", "package-lock.json", "verify.js")) {
      Files.copy(Path.of("src/test/node").resolve(name), node.resolve(name));
    }
    succeed(Command.of(Tools.require("npm"), "ci", "--silent").in(node).run());
    List<String> bundles = new ArrayList<>();
    for (JsonNode each : manifest(digest.replace(':', '-')).path("manifests")) {
      if (each.path("artifactType").asText().contains("sigstore.bundle")) {
        JsonNode layer = manifest(each.path("digest").asText()).at("/layers/0");
        Path file = node.resolve(bundles.size() + ".json");
        Files.write(file, get("blobs/" + layer.path("digest").asText(), "*/*"));
        bundles.add(file.toString());
      }
    }

    assertThat(succeed(sigstore(node, "publisher.pub", bundles)).lines())
        .containsExactlyInAnyOrder(
            "https://slsa.dev/provenance/v1",
            "https://github.com/prosody-oci/prosody-oci/blob/main/docs/evidence.md"
                + "#source-verification-v1",
            "https://cyclonedx.org/bom",
            "https://spdx.dev/Document",
            "https://openvex.dev/ns/v0.2.0",
            "https://sigstore.dev/cosign/sign/v1");
    for (String bundle : bundles) {
      Command.Result refused = sigstore(node, "stranger.pub", List.of(bundle));
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.output()).contains("signature verification failed");
    }
  }

  private static Command.Result sigstore(Path node, String key, List<String> bundles) {
    List<String> command = new ArrayList<>(List.of(Tools.require("node"), "verify.js"));
    command.add(folder.resolve(key).toString());
    command.addAll(bundles);
    return Command.of(command).in(node).run();
  }

  @Test
  void signatureUnderTheTag_verifiedByOpenssl_isThatOfThePayloadAboutTheImage() throws Exception {
    JsonNode layer = manifest(digest.replace(':', '-') + ".sig").at("/layers/0");
    Path payload = folder.resolve("payload");
    Files.write(payload, get("blobs/" + layer.path("digest").asText(), "*/*"));
    Path signature = folder.resolve("signature");
    Files.write(
        signature,
        Base64.getDecoder()
            .decode(layer.path("annotations").path("dev.cosignproject.cosign/signature").asText()));

    String output =
        succeed(
            Command.of(
                    Tools.require("openssl"),
                    "pkeyutl",
                    "-verify",
                    "-pubin",
                    "-rawin",
                    "-inkey",
                    folder.resolve("publisher.pub").toString(),
                    "-in",
                    payload.toString(),
                    "-sigfile",
                    signature.toString())
                .run());

    assertThat(output).contains("Signature Verified Successfully");
    assertThat(Files.readString(payload)).contains("\"docker-manifest-digest\":\"" + digest + "\"");
  }
}
