package io.github.prosodyoci.evidence.sbom;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.archive.Layer;
import io.github.prosodyoci.evidence.input.ImageFile;
import io.github.prosodyoci.evidence.input.PackagesJson.Recipe;
import io.github.prosodyoci.evidence.input.PackagesJson.Source;
import io.github.prosodyoci.evidence.input.PackagesJson.Statement;
import io.github.prosodyoci.evidence.inventory.BuildInput;
import io.github.prosodyoci.evidence.inventory.Component;
import io.github.prosodyoci.evidence.inventory.Identifiers;
import io.github.prosodyoci.evidence.inventory.Inventory;
import io.github.prosodyoci.evidence.inventory.Subject;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Bom;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Composition;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Dependency;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Diff;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Hash;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Issue;
import io.github.prosodyoci.evidence.sbom.CycloneDx.License;
import io.github.prosodyoci.evidence.sbom.CycloneDx.LicenseChoice;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Lifecycle;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Metadata;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Organization;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Part;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Patch;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Pedigree;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Property;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Reference;
import io.github.prosodyoci.evidence.sbom.CycloneDx.Tools;
import io.github.prosodyoci.image.LicenseExpression;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes an inventory as a bill of materials of CycloneDX 1.6. */
public final class CycloneDxWriter {

  /** The property that says which layer something is in. */
  public static final String LAYER = "prosody-oci:layer";

  private static final String LAYER_DIGEST = "prosody-oci:layer:digest";

  private final Inventory inventory;
  private final Tool tool;

  /** Creates a writer. */
  public CycloneDxWriter(Inventory inventory, Tool tool) {
    this.inventory = inventory;
    this.tool = tool;
  }

  /** Returns the bill of materials. */
  public Bom bom() {
    Subject image = inventory.image();
    List<Part> parts = new ArrayList<>();
    inventory.packages().forEach(each -> parts.add(part(each)));
    inventory.ownFiles().forEach(each -> parts.add(file(each, true)));
    inventory.buildInputs().forEach(each -> parts.add(buildInput(each)));
    String ref = Identifiers.imagePurl(image);
    return new Bom(
        CycloneDx.FORMAT,
        CycloneDx.VERSION,
        serialNumber("sbom", image),
        1,
        metadata(image, tool, "build", imageLayers()),
        parts,
        dependencies(ref),
        List.of(new Composition("complete", List.of(ref))),
        null);
  }

  /**
   * Returns a serial number that follows from what a document is about: a UUID of version 8 (RFC
   * 9562, 5.8).
   */
  public static String serialNumber(String kind, Subject image) {
    return "urn:uuid:" + DerivedUuid.of(kind + " " + image.digest());
  }

  /** Returns what begins every document about an image. */
  public static Metadata metadata(
      Subject image, Tool tool, String phase, List<Property> properties) {
    Part container =
        new Part(
            "container",
            Identifiers.imagePurl(image),
            new Organization(image.supplier()),
            image.name(),
            image.version(),
            null,
            null,
            List.of(sha256(image.digest())),
            null,
            null,
            Identifiers.imagePurl(image),
            null,
            null,
            null,
            properties);
    return new Metadata(
        image.created().toString(),
        List.of(new Lifecycle(phase)),
        new Tools(List.of(program(tool))),
        container,
        new Organization(image.supplier()));
  }

  /** Returns the program that writes documents, as a component. */
  static Part program(Tool tool) {
    return new Part(
        "application",
        null,
        null,
        tool.name(),
        tool.version(),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  private List<Property> imageLayers() {
    List<Property> properties = new ArrayList<>();
    properties.add(new Property("prosody-oci:platform", inventory.image().platform().toString()));
    inventory
        .layers()
        .forEach(layer -> properties.add(new Property(LAYER, layer.name() + " " + layer.digest())));
    return properties;
  }

  private Part part(Component each) {
    List<Property> properties = new ArrayList<>(layer(each.layer()));
    each.recipe()
        .flatMap(
            recipe ->
                recipe.packages().stream()
                    .filter(output -> output.name().equals(each.installed().name()))
                    .findFirst())
        .ifPresent(
            output ->
                properties.add(
                    new Property("prosody-oci:package:content", output.content().toString())));
    return new Part(
        "library",
        each.purl(),
        each.recipe().isPresent() ? new Organization(inventory.image().supplier()) : null,
        each.installed().name(),
        each.installed().version(),
        each.installed().description(),
        "required",
        null,
        licenses(each.installed().license()),
        each.cpe().orElse(null),
        each.purl(),
        each.recipe().map(CycloneDxWriter::pedigree).orElse(null),
        references(each),
        each.files().stream().map(file -> file(file, false)).toList(),
        properties);
  }

  private static List<Property> layer(Layer layer) {
    return List.of(
        new Property(LAYER, layer.name()), new Property(LAYER_DIGEST, layer.digest().toString()));
  }

  private static List<LicenseChoice> licenses(String text) {
    if (text.isEmpty()) {
      return List.of();
    }
    boolean expression = LicenseExpression.all(List.of(text)).isPresent();
    return List.of(
        expression ? new LicenseChoice(text, null) : new LicenseChoice(null, new License(text)));
  }

  private static List<Reference> references(Component each) {
    List<Reference> references = new ArrayList<>();
    if (!each.installed().url().isEmpty()) {
      references.add(new Reference("website", each.installed().url(), null));
    }
    each.recipe().map(Recipe::sources).orElse(List.of()).stream()
        .filter(source -> address(source).isPresent())
        .forEach(
            source ->
                references.add(
                    new Reference(
                        "source-distribution",
                        address(source).orElseThrow(),
                        List.of(sha256(source.sha256())))));
    return references;
  }

  /** Returns where a source can be downloaded by a browser. */
  static Optional<String> address(Source source) {
    return Optional.ofNullable(source.origin()).filter(origin -> origin.startsWith("https://"));
  }

  private static @org.jspecify.annotations.Nullable Pedigree pedigree(Recipe recipe) {
    List<Part> ancestors = new ArrayList<>();
    for (Source source : recipe.sources()) {
      boolean main = ancestors.isEmpty();
      String name = main ? recipe.name() : source.file();
      String version = main ? recipe.upstreamVersion() : "";
      ancestors.add(
          new Part(
              main ? "library" : "file",
              null,
              null,
              name,
              main ? version : null,
              null,
              null,
              List.of(sha256(source.sha256())),
              null,
              null,
              Identifiers.sourcePurl(name, version, source.sha256(), address(source)),
              null,
              null,
              null,
              null));
    }
    List<Patch> patches =
        recipe.patches().stream()
            .map(
                patch ->
                    new Patch(
                        patch.sha256() == null ? "backport" : "unofficial",
                        new Diff(patch.file()),
                        fixed(recipe, patch.file())))
            .toList();
    return ancestors.isEmpty() && patches.isEmpty() ? null : new Pedigree(ancestors, patches);
  }

  private static List<Issue> fixed(Recipe recipe, String patch) {
    return recipe.security().stream()
        .filter(statement -> statement.by().contains(patch))
        .map(Statement::cve)
        .map(cve -> new Issue("security", cve))
        .toList();
  }

  private Part file(ImageFile file, boolean own) {
    return new Part(
        "file",
        "file:/" + file.path(),
        null,
        "/" + file.path(),
        null,
        null,
        own ? "required" : null,
        List.of(new Hash("SHA-1", file.sha1()), sha256(file.sha256())),
        null,
        null,
        null,
        null,
        null,
        null,
        own ? layer(inventory.layers().get(file.layer())) : null);
  }

  private static Part buildInput(BuildInput input) {
    return new Part(
        "application",
        "build:" + input.group() + "/" + input.file(),
        null,
        input.name(),
        input.version().orElse(null),
        null,
        "excluded",
        List.of(sha256(input.sha256())),
        null,
        null,
        input.purl(),
        null,
        null,
        null,
        List.of(new Property("prosody-oci:build-time", input.group())));
  }

  static Hash sha256(Digest digest) {
    return new Hash("SHA-256", digest.hex());
  }

  private List<Dependency> dependencies(String imageRef) {
    List<Dependency> all = new ArrayList<>();
    all.add(new Dependency(imageRef, inventory.packages().stream().map(Component::purl).toList()));
    inventory.packages().forEach(each -> all.add(new Dependency(each.purl(), each.dependencies())));
    return all;
  }
}
