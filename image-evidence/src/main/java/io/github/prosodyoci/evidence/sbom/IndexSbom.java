package io.github.prosodyoci.evidence.sbom;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.evidence.inventory.Identifiers;
import io.github.prosodyoci.evidence.inventory.Subject;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Bom;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Composition;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Dependency;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Lifecycle;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Metadata;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Organization;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Part;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Property;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Reference;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Tools;
import java.util.List;

/**
 * The bill of materials of an index over several platforms: the image of each, with a link to its
 * own bill of materials.
 */
public final class IndexSbom {

  private IndexSbom() {}

  /**
   * Returns the bill of materials.
   *
   * @param index the digest of the index
   * @param images the image of each platform
   */
  public static Bom of(Digest index, List<Subject> images, Tool tool) {
    Subject first = images.get(0);
    String ref = Identifiers.indexPurl(first, index);
    Part whole =
        part(ref, first, index, List.of(), List.of(new Property("prosody-oci:index", "true")));
    List<Part> parts = images.stream().map(IndexSbom::part).toList();
    return new Bom(
        CycloneDx.FORMAT,
        CycloneDx.VERSION,
        "urn:uuid:" + DerivedUuid.of("sbom " + index),
        1,
        new Metadata(
            first.created().toString(),
            List.of(new Lifecycle("build")),
            new Tools(List.of(CycloneDxWriter.program(tool))),
            whole,
            new Organization(first.supplier())),
        parts,
        List.of(
            new Dependency(
                ref, parts.stream().map(part -> String.valueOf(part.bomRef())).toList())),
        List.of(new Composition("complete", List.of(ref))),
        null);
  }

  private static Part part(Subject image) {
    String bom =
        CycloneDxWriter.serialNumber("sbom", image).replace("urn:uuid:", "urn:cdx:") + "/1";
    return part(
        Identifiers.imagePurl(image),
        image,
        image.digest(),
        List.of(new Reference("bom", bom, null)),
        List.of(new Property("prosody-oci:platform", image.platform().toString())));
  }

  private static Part part(
      String ref,
      Subject image,
      Digest digest,
      List<Reference> references,
      List<Property> properties) {
    return new Part(
        "container",
        ref,
        new Organization(image.supplier()),
        image.name(),
        image.version(),
        null,
        null,
        List.of(CycloneDxWriter.sha256(digest)),
        null,
        null,
        ref,
        null,
        references,
        null,
        properties);
  }
}
