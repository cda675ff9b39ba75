package io.github.prosodyoci.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.packageurl.PackageURL;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.image.ImageCode;
import io.github.prosodyoci.image.ImageReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BillOfMaterialsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;
  private final List<String> log = new ArrayList<>();
  private Fixture fixture;
  private ImageReport image;

  @BeforeEach
  void makeImage() throws IOException {
    fixture = new Fixture(folder);
    image = fixture.make();
  }

  private DocumentsResult write() {
    return new BillOfMaterials(log::add).write(fixture.request());
  }

  private Path file(String name) {
    return folder.resolve("evidence").resolve(name);
  }

  private JsonNode json(String name) throws IOException {
    return JSON.readTree(Files.readAllBytes(file(name)));
  }

  private static List<Byte> list(byte[] bytes) {
    List<Byte> list = new ArrayList<>();
    for (byte each : bytes) {
      list.add(each);
    }
    return list;
  }

  private static JsonNode named(JsonNode list, String key, String value) {
    for (JsonNode each : list) {
      if (each.path(key).asText().equals(value)) {
        return each;
      }
    }
    throw new AssertionError("no " + value + " in " + list);
  }

  @Test
  void write_securityDatabase_listsWhatIsFixedAndWhatNeverWasThere() throws Exception {
    write();

    // What affects the image, and what is stated on recipes that are not in it, is left out.
    assertThat(json(BillOfMaterials.SECURITY_DATABASE))
        .isEqualTo(
            JSON.readTree(
                """
                {"archs": ["x86_64"], "reponame": "prosody-oci", "packages": [
                  {"pkg": {"name": "tls", "secfixes": {
                    "0": ["CVE-2026-9"], "3.5.7-r1": ["CVE-2026-10001"]}}}]}
                """));
  }

  @Test
  void write_cycloneDx_isValidAndHasPackageSourcePatchesAndFiles() throws Exception {
    write();

    Schemas.requireCycloneDx(file(BillOfMaterials.CYCLONE_DX));
    JsonNode bom = json(BillOfMaterials.CYCLONE_DX);
    JsonNode subject = bom.at("/metadata/component");
    assertThat(subject.at("/hashes/0/content").asText()).isEqualTo(image.digest().hex());
    PackageURL imageUrl = new PackageURL(subject.path("purl").asText());
    assertThat(imageUrl.getName()).isEqualTo("server");
    assertThat(imageUrl.getVersion()).isEqualTo(image.digest().toString());
    assertThat(bom.at("/metadata/timestamp").asText()).isEqualTo("2026-11-01T00:00:00Z");

    JsonNode tls = named(bom.path("components"), "name", "libtls");
    assertThat(tls.path("purl").asText())
        .isEqualTo("pkg:apk/prosody-oci/libtls@3.5.7-r1?arch=x86_64&distro=test-os");
    assertThat(tls.path("cpe").asText()).isEqualTo("cpe:2.3:a:openssl:openssl:3.5.7:*:*:*:*:*:*:*");
    assertThat(tls.at("/licenses/0/expression").asText()).isEqualTo("Apache-2.0");
    PackageURL source = new PackageURL(tls.at("/pedigree/ancestors/0/purl").asText());
    assertThat(source.getQualifiers())
        .containsEntry("download_url", "https://tls.example/tls-3.5.7.tar.gz")
        .containsEntry("checksum", Fixture.source(1).toString());
    assertThat(tls.at("/pedigree/patches/0/diff/url").asText())
        .isEqualTo("debian/patches/one.patch");
    assertThat(tls.at("/pedigree/patches/0/resolves/0/id").asText()).isEqualTo("CVE-2026-10001");
    assertThat(tls.at("/pedigree/patches/1/resolves").isMissingNode()).isTrue();
    assertThat(named(tls.path("properties"), "name", "prosody-oci:layer").path("value").asText())
        .isEqualTo("base");
    assertThat(tls.at("/components/0/name").asText()).isEqualTo("/usr/lib/libtls.so.3");

    JsonNode server = named(bom.path("components"), "name", "server");
    assertThat(server.path("purl").asText()).startsWith("pkg:apk/test-os/server@1.0-r0");
    assertThat(
            named(bom.path("dependencies"), "ref", server.path("purl").asText())
                .at("/dependsOn/0")
                .asText())
        .isEqualTo(tls.path("purl").asText());
    assertThat(named(bom.path("components"), "name", "/etc/server.cfg").path("hashes")).hasSize(2);
    JsonNode compiler = named(bom.path("components"), "name", "clang-19");
    assertThat(compiler.path("scope").asText()).isEqualTo("excluded");
    assertThat(compiler.path("version").asText()).isEqualTo("1:19.1.7-3~deb12u1");
    PackageURL compilerUrl = new PackageURL(compiler.path("purl").asText());
    assertThat(compilerUrl.getType() + "/" + compilerUrl.getNamespace()).isEqualTo("deb/debian");
    assertThat(compilerUrl.getName()).isEqualTo("clang-19");
    assertThat(compilerUrl.getVersion()).isEqualTo("1:19.1.7-3~deb12u1");
    assertThat(compilerUrl.getQualifiers()).containsEntry("arch", "amd64");
    assertThat(bom.toString()).doesNotContain("mirror.example");
  }

  @Test
  void write_spdx_isValidAndEveryFileHasALayer() throws Exception {
    write();

    Schemas.requireSpdx(file(BillOfMaterials.SPDX));
    JsonNode document = json(BillOfMaterials.SPDX);
    Map<String, String> containers = new TreeMap<>();
    for (JsonNode each : document.path("relationships")) {
      if (each.path("relationshipType").asText().equals("CONTAINS")) {
        containers.put(
            each.path("relatedSpdxElement").asText(), each.path("spdxElementId").asText());
      }
    }
    for (JsonNode each : document.path("packages")) {
      // 7.8: only of an analyzed package are files listed, and then it has a verification code.
      String id = each.path("SPDXID").asText();
      boolean listed =
          containers.entrySet().stream()
              .anyMatch(
                  pair -> pair.getValue().equals(id) && pair.getKey().startsWith("SPDXRef-file-"));
      assertThat(each.path("filesAnalyzed").asBoolean()).as(id).isEqualTo(listed);
      assertThat(each.has("packageVerificationCode")).as(id).isEqualTo(listed);
    }
    for (JsonNode each : document.path("files")) {
      String holder = containers.get(each.path("SPDXID").asText());
      String layer = holder.startsWith("SPDXRef-layer") ? holder : containers.get(holder);
      assertThat(layer).as(each.path("fileName").asText()).startsWith("SPDXRef-layer-");
      assertThat(containers.get(layer)).isEqualTo("SPDXRef-image");
    }
    assertThat(document.path("files"))
        .extracting(each -> each.path("fileName").asText())
        .containsExactlyInAnyOrder(
            "./usr/lib/libtls.so.3",
            "./usr/bin/server",
            "./etc/os-release",
            "./etc/server.cfg",
            "./lib/apk/db/installed");
    // By sha1sum over the sorted SHA-1 digests, without line ends (SPDX 2.3, 7.9).
    assertThat(
            named(document.path("packages"), "name", "libtls")
                .at("/packageVerificationCode/packageVerificationCodeValue")
                .asText())
        .isEqualTo(LIBTLS_CODE);
    assertThat(named(document.path("packages"), "name", "headers.tar.xz").path("SPDXID").asText())
        .isEqualTo("SPDXRef-build-headers-headers.tar.xz");
  }

  private static final String LIBTLS_CODE = "dae7843e40822cee2bfbead77b4bf1a25c012344";

  @Test
  void schemas_incompleteDocument_areNotContent() throws Exception {
    write();
    ObjectNode spdx = (ObjectNode) json(BillOfMaterials.SPDX);
    spdx.remove("dataLicense");
    assertThat(Schemas.validate(Schemas.spdxSchema(), spdx)).isNotEmpty();
    Path wrong = folder.resolve("wrong.json");
    Files.writeString(
        wrong, json(BillOfMaterials.CYCLONE_DX).toString().replace("\"library\"", "\"book\""));
    assertThatThrownBy(() -> Schemas.requireCycloneDx(wrong)).isInstanceOf(AssertionError.class);
  }

  @Test
  void write_openVex_answersEachVulnerabilityOfThePackagesInTheImage() throws Exception {
    write();

    JsonNode vex = json(BillOfMaterials.OPEN_VEX);
    assertThat(vex.path("@context").asText()).isEqualTo("https://openvex.dev/ns/v0.2.0");
    assertThat(vex.path("statements"))
        .extracting(each -> each.at("/vulnerability/name").asText())
        .containsExactly("CVE-2026-9", "CVE-2026-77", "CVE-2026-10001");
    JsonNode notAffected = vex.at("/statements/0");
    assertThat(notAffected.path("status").asText()).isEqualTo("not_affected");
    assertThat(notAffected.path("justification").asText()).isEqualTo("vulnerable_code_not_present");
    assertThat(vex.at("/statements/1/action_statement").asText()).isEqualTo("Use other curves.");
    JsonNode fixed = vex.at("/statements/2");
    assertThat(fixed.path("status").asText()).isEqualTo("fixed");
    assertThat(fixed.at("/products/0/@id").asText()).contains(image.digest().hex());
    assertThat(fixed.at("/products/0/subcomponents/0/@id").asText()).contains("/libtls@3.5.7-r1");
  }

  @Test
  void write_cycloneDxVex_isValidAndRefersToTheBillOfMaterials() throws Exception {
    write();

    Schemas.requireCycloneDx(file(BillOfMaterials.CYCLONE_DX_VEX));
    JsonNode vex = json(BillOfMaterials.CYCLONE_DX_VEX);
    JsonNode bom = json(BillOfMaterials.CYCLONE_DX);
    assertThat(vex.path("vulnerabilities"))
        .extracting(each -> each.at("/analysis/state").asText())
        .containsExactly("not_affected", "exploitable", "resolved_with_pedigree");
    assertThat(vex.at("/vulnerabilities/0/analysis/justification").asText())
        .isEqualTo("code_not_present");
    assertThat(vex.at("/vulnerabilities/0/affects/0/ref").asText())
        .startsWith(bom.path("serialNumber").asText().replace("urn:uuid:", "urn:cdx:") + "/1#pkg:");
    assertThat(vex.path("serialNumber")).isNotEqualTo(bom.path("serialNumber"));
  }

  @Test
  void write_sameImageElsewhere_isTheSameBytes(@TempDir Path elsewhere) throws Exception {
    write();
    Fixture other = new Fixture(elsewhere);
    other.make();
    new BillOfMaterials(log::add).write(other.request());

    for (String each : List.of("sbom.cdx.json", "sbom.spdx.json", "vex.cdx.json")) {
      assertThat(file(each)).hasSameBinaryContentAs(elsewhere.resolve("evidence").resolve(each));
    }
  }

  @Test
  void write_again_writesNothingUnlessSomethingChanged() throws Exception {
    assertThat(write().upToDate()).isFalse();
    FileTime longAgo = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(file(BillOfMaterials.SPDX), longAgo);

    assertThat(write().upToDate()).isTrue();
    assertThat(Files.getLastModifiedTime(file(BillOfMaterials.SPDX))).isEqualTo(longAgo);

    Files.writeString(file(BillOfMaterials.SPDX), "{}");
    assertThat(write().upToDate()).isFalse();
    fixture.write("packages.json", Fixture.PACKAGES.replace("two.patch", "three.patch"));
    assertThat(write().upToDate()).isFalse();
    assertThat(file(BillOfMaterials.CYCLONE_DX)).content().contains("three.patch");
  }

  @Test
  void write_withoutReportsOfPackages_listsWhatTheImageItselfLists() throws Exception {
    Files.delete(folder.resolve("packages.json"));
    Files.delete(folder.resolve("verification.json"));

    write();

    Schemas.requireCycloneDx(file(BillOfMaterials.CYCLONE_DX));
    Schemas.requireSpdx(file(BillOfMaterials.SPDX));
    JsonNode tls = named(json(BillOfMaterials.CYCLONE_DX).path("components"), "name", "libtls");
    assertThat(tls.path("purl").asText()).startsWith("pkg:apk/test-os/libtls@");
    assertThat(json(BillOfMaterials.OPEN_VEX).path("statements")).isEmpty();
  }

  @Test
  void write_archiveDamaged_isRefusedAndWritesNothing() throws Exception {
    byte[] archive = Files.readAllBytes(folder.resolve("server.tar"));
    byte[] layer = Files.readAllBytes(folder.resolve("layers/server.tar.gz"));
    int at = Collections.indexOfSubList(list(archive), list(layer));
    archive[at + layer.length / 2] ^= 1;
    Files.write(folder.resolve("server.tar"), archive);

    FailureException refused = catchThrowableOfType(FailureException.class, this::write);

    assertThat(refused.failureCode()).isIn(EvidenceCode.LAYER_DAMAGED, ImageCode.ARCHIVE_DAMAGED);
    assertThat(folder.resolve("evidence")).doesNotExist();
  }

  @Test
  void write_imageOnABase_listsTheFilesOfAllLayers() throws Exception {
    // The report of an image lists its own layers alone.
    Path report = folder.resolve("image.json");
    ObjectNode own = (ObjectNode) JSON.readTree(Files.readAllBytes(report));
    ((ArrayNode) own.path("layers")).remove(0);
    Files.writeString(report, own.toString());

    write();

    Schemas.requireSpdx(file(BillOfMaterials.SPDX));
    JsonNode bom = json(BillOfMaterials.CYCLONE_DX);
    JsonNode tls = named(bom.path("components"), "name", "libtls");
    assertThat(tls.at("/components/0/name").asText()).isEqualTo("/usr/lib/libtls.so.3");
    assertThat(named(tls.path("properties"), "name", "prosody-oci:layer").path("value").asText())
        .isEqualTo("base-image-1");
  }

  @Test
  void write_noImage_saysWhatToRun() throws Exception {
    Files.delete(folder.resolve("image.json"));

    FailureException refused = catchThrowableOfType(FailureException.class, this::write);

    assertThat(refused.failureCode()).isEqualTo(EvidenceCode.NO_REPORT);
    assertThat(refused).hasMessageContaining("mvn package");
  }

  @Test
  void write_databaseDamaged_namesTheLine() throws Exception {
    fixture.with("lib/apk/db/installed", "P:x\nnonsense\n").make();

    FailureException refused = catchThrowableOfType(FailureException.class, this::write);

    assertThat(refused.failureCode()).isEqualTo(EvidenceCode.DATABASE_DAMAGED);
    assertThat(refused).hasMessageContaining("line 2 has no field");
  }
}
