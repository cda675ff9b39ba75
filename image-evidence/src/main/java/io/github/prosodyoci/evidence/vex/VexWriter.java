package io.github.prosodyoci.evidence.vex;

import io.github.prosodyoci.evidence.input.PackagesJson.Statement;
import io.github.prosodyoci.evidence.inventory.Component;
import io.github.prosodyoci.evidence.inventory.Identifiers;
import io.github.prosodyoci.evidence.inventory.Inventory;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Affects;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Analysis;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Bom;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Source;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Vulnerability;
import io.github.prosodyoci.evidence.sbom.CycloneDxWriter;
import io.github.prosodyoci.evidence.sbom.Tool;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes what recipes state on published vulnerabilities of the packages in an image, so that
 * scanners leave out what is fixed or not compiled in.
 */
public final class VexWriter {

  private final Inventory inventory;
  private final Tool tool;

  /** Creates a writer. */
  public VexWriter(Inventory inventory, Tool tool) {
    this.inventory = inventory;
    this.tool = tool;
  }

  /**
   * A statement, and the packages that it is about.
   *
   * @param statement the statement
   * @param packages the packages of the image that come from its recipe
   */
  public record Answer(Statement statement, List<Component> packages) {}

  /** Returns all statements on packages in the image, by the vulnerabilities' names. */
  public static List<Answer> answers(Inventory inventory) {
    TreeMap<String, Answer> answers = new TreeMap<>(byNumber());
    for (Component each : inventory.packages()) {
      for (Statement statement : each.statements()) {
        List<Component> packages = new ArrayList<>();
        String key = statement.cve() + " " + each.installed().origin();
        Answer before = answers.get(key);
        if (before != null) {
          packages.addAll(before.packages());
        }
        packages.add(each);
        answers.put(key, new Answer(statement, List.copyOf(packages)));
      }
    }
    return List.copyOf(answers.values());
  }

  /** Returns an order in which {@code CVE-2026-9} precedes {@code CVE-2026-10}. */
  private static Comparator<String> byNumber() {
    return Comparator.<String, String>comparing(key -> key.replaceAll("[0-9]+.*", ""))
        .thenComparing(VexWriter::padded);
  }

  private static String padded(String key) {
    StringBuilder padded = new StringBuilder();
    for (String part : key.split(" ", 2)[0].split("-", -1)) {
      padded.append("0".repeat(Math.max(0, 12 - part.length()))).append(part);
    }
    return padded + key;
  }

  /** Returns the statements as OpenVEX 0.2.0. */
  public OpenVex.Document openVex() {
    List<OpenVex.Statement> statements = new ArrayList<>();
    for (Answer answer : answers(inventory)) {
      Statement about = answer.statement();
      String status = about.status().replace('-', '_');
      boolean unaffected = status.equals("not_affected");
      boolean affected = status.equals("affected");
      statements.add(
          new OpenVex.Statement(
              new OpenVex.Vulnerability(about.cve()),
              List.of(product(answer.packages())),
              status,
              unaffected || affected ? null : about.note() + fixedBy(about),
              unaffected ? about.reason() : null,
              unaffected ? about.note() : null,
              affected ? about.note() : null));
    }
    return new OpenVex.Document(
        OpenVex.PREDICATE_TYPE,
        "https://openvex.dev/docs/public/vex-" + inventory.image().digest().hex(),
        inventory.image().supplier(),
        "Document Creator",
        inventory.image().created().toString(),
        1,
        tool.name() + "/" + tool.version(),
        statements);
  }

  private static String fixedBy(Statement statement) {
    return statement.by().isEmpty() ? "" : " Fixed by: " + String.join(", ", statement.by());
  }

  private OpenVex.Product product(List<Component> packages) {
    String purl = Identifiers.imagePurl(inventory.image());
    return new OpenVex.Product(
        purl,
        new OpenVex.Identifiers(purl, null),
        packages.stream()
            .map(
                each ->
                    new OpenVex.Subcomponent(
                        each.purl(), new OpenVex.Identifiers(each.purl(), each.cpe().orElse(null))))
            .toList());
  }

  /** Returns the statements as CycloneDX 1.6, which refer to the bill of materials. */
  public Bom cycloneDx() {
    List<Vulnerability> vulnerabilities = new ArrayList<>();
    String serial =
        CycloneDxWriter.serialNumber("sbom", inventory.image()).replace("urn:uuid:", "urn:cdx:");
    for (Answer answer : answers(inventory)) {
      String cve = answer.statement().cve();
      vulnerabilities.add(
          new Vulnerability(
              cve + " " + answer.packages().get(0).installed().origin(),
              cve,
              new Source("NVD", "https://nvd.nist.gov/vuln/detail/" + cve),
              null,
              analysis(answer.statement()),
              answer.packages().stream()
                  .map(each -> new Affects(serial + "/1#" + encode(each.purl())))
                  .toList()));
    }
    return new Bom(
        "CycloneDX",
        "1.6",
        CycloneDxWriter.serialNumber("vex", inventory.image()),
        1,
        CycloneDxWriter.metadata(inventory.image(), tool, "operations", List.of()),
        null,
        null,
        null,
        vulnerabilities);
  }

  /** Returns a reference as a fragment of a link to a bill of materials (RFC 3986, 3.5). */
  private static String encode(String ref) {
    return ref.replace("%", "%25");
  }

  private static Analysis analysis(Statement statement) {
    return switch (statement.status()) {
      case "fixed" ->
          new Analysis(
              statement.by().stream().anyMatch(by -> by.endsWith(".patch"))
                  ? "resolved_with_pedigree"
                  : "resolved",
              null,
              List.of("update"),
              statement.note() + fixedBy(statement));
      case "not-affected" ->
          new Analysis("not_affected", justification(statement.reason()), null, statement.note());
      default ->
          new Analysis("exploitable", null, List.of("workaround_available"), statement.note());
    };
  }

  /** Returns the justification of CycloneDX that comes closest to one of OpenVEX. */
  private static String justification(@Nullable String reason) {
    return switch (String.valueOf(reason)) {
      case "component_not_present", "vulnerable_code_not_present" -> "code_not_present";
      case "inline_mitigations_already_exist" -> "protected_by_mitigating_control";
      default -> "code_not_reachable";
    };
  }
}
