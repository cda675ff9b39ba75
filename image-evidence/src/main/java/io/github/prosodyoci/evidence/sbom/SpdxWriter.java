package io.github.prosodyoci.evidence.sbom;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.archive.Layer;
import io.github.prosodyoci.evidence.input.ImageFile;
import io.github.prosodyoci.evidence.input.PackagesJson.Recipe;
import io.github.prosodyoci.evidence.input.PackagesJson.Source;
import io.github.prosodyoci.evidence.inventory.BuildInput;
import io.github.prosodyoci.evidence.inventory.Component;
import io.github.prosodyoci.evidence.inventory.Identifiers;
import io.github.prosodyoci.evidence.inventory.Inventory;
import io.github.prosodyoci.evidence.inventory.Subject;
import io.github.prosodyoci.evidence.sbom.Spdx.Checksum;
import io.github.prosodyoci.evidence.sbom.Spdx.CreationInfo;
import io.github.prosodyoci.evidence.sbom.Spdx.Document;
import io.github.prosodyoci.evidence.sbom.Spdx.ExternalRef;
import io.github.prosodyoci.evidence.sbom.Spdx.ExtractedLicense;
import io.github.prosodyoci.evidence.sbom.Spdx.Relationship;
import io.github.prosodyoci.evidence.sbom.Spdx.SpdxFile;
import io.github.prosodyoci.evidence.sbom.Spdx.SpdxPackage;
import io.github.prosodyoci.evidence.sbom.Spdx.VerificationCode;
import io.github.prosodyoci.image.LicenseExpression;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes an inventory as a bill of materials of SPDX 2.3. */
public final class SpdxWriter {

  private static final String IMAGE = "SPDXRef-image";

  private final Inventory inventory;
  private final Tool tool;
  private final List<SpdxPackage> packages = new ArrayList<>();
  private final List<SpdxFile> files = new ArrayList<>();
  private final List<Relationship> relationships = new ArrayList<>();
  private final Map<String, ExtractedLicense> licenses = new LinkedHashMap<>();
  private final Map<String, String> idsByPurl = new LinkedHashMap<>();

  /** Creates a writer, for one document. */
  public SpdxWriter(Inventory inventory, Tool tool) {
    this.inventory = inventory;
    this.tool = tool;
  }

  /** Returns the bill of materials. */
  public Document document() {
    Subject image = inventory.image();
    relate(Spdx.DOCUMENT, "DESCRIBES", IMAGE);
    packages.add(image(image));
    inventory.layers().forEach(this::add);
    inventory
        .packages()
        .forEach(each -> idsByPurl.put(each.purl(), id("package", each.installed().name())));
    inventory.packages().forEach(this::add);
    inventory.ownFiles().forEach(file -> relate(layerId(file.layer()), "CONTAINS", add(file)));
    inventory.buildInputs().forEach(this::add);
    return new Document(
        Spdx.DOCUMENT,
        "SPDX-2.3",
        "CC0-1.0",
        image.name() + " " + image.version() + " for " + image.platform(),
        "https://spdx.org/spdxdocs/"
            + image.name()
            + "-"
            + DerivedUuid.of("spdx " + image.digest()),
        new CreationInfo(
            image.created().toString(),
            List.of(
                "Organization: " + image.supplier(),
                "Tool: " + tool.name() + "-" + tool.version())),
        packages,
        files,
        relationships,
        licenses.isEmpty() ? null : List.copyOf(licenses.values()));
  }

  private void relate(String element, String type, String related) {
    relationships.add(new Relationship(element, type, related));
  }

  /** Returns an identifier (6.2: letters, digits, {@code .} and {@code -}). */
  private static String id(String kind, String name) {
    String plain = name.replaceAll("[^A-Za-z0-9.-]", "-");
    // What was replaced must not make two names one.
    String suffix =
        plain.equals(name)
            ? ""
            : "-" + Digest.of(name.getBytes(StandardCharsets.UTF_8)).hex().substring(0, 8);
    return "SPDXRef-" + kind + "-" + plain + suffix;
  }

  private String layerId(int number) {
    return id("layer", inventory.layers().get(number).name());
  }

  private String supplier() {
    return "Organization: " + inventory.image().supplier();
  }

  private SpdxPackage image(Subject image) {
    List<String> expressions =
        inventory.packages().stream().map(each -> each.installed().license()).toList();
    return new SpdxPackage(
        IMAGE,
        image.name(),
        image.version(),
        supplier(),
        Spdx.NO_ASSERTION,
        false,
        null,
        List.of(sha256(image.digest())),
        null,
        Spdx.NO_ASSERTION,
        LicenseExpression.all(expressions).orElse(Spdx.NO_ASSERTION),
        null,
        null,
        null,
        "CONTAINER",
        List.of(purl(Identifiers.imagePurl(image))));
  }

  private void add(Layer layer) {
    int number = inventory.layers().indexOf(layer);
    List<ImageFile> own =
        inventory.ownFiles().stream().filter(file -> file.layer() == number).toList();
    packages.add(
        new SpdxPackage(
            id("layer", layer.name()),
            layer.name(),
            null,
            supplier(),
            Spdx.NO_ASSERTION,
            !own.isEmpty(),
            own.isEmpty() ? null : VerificationCode.of(own),
            List.of(sha256(layer.digest())),
            null,
            Spdx.NO_ASSERTION,
            Spdx.NO_ASSERTION,
            null,
            null,
            null,
            "ARCHIVE",
            null));
    relate(IMAGE, "CONTAINS", id("layer", layer.name()));
  }

  private void add(Component each) {
    String id = String.valueOf(idsByPurl.get(each.purl()));
    List<ExternalRef> refs = new ArrayList<>(List.of(purl(each.purl())));
    each.cpe().ifPresent(cpe -> refs.add(new ExternalRef("SECURITY", "cpe23Type", cpe)));
    boolean analyzed = !each.files().isEmpty();
    String license = license(each.installed().license());
    packages.add(
        new SpdxPackage(
            id,
            each.installed().name(),
            each.installed().version(),
            each.recipe().isPresent() ? supplier() : Spdx.NO_ASSERTION,
            Spdx.NO_ASSERTION,
            analyzed,
            analyzed ? VerificationCode.of(each.files()) : null,
            null,
            each.installed().url().isEmpty() ? null : each.installed().url(),
            Spdx.NO_ASSERTION,
            license,
            Spdx.NO_ASSERTION,
            each.installed().description(),
            each.recipe().map(SpdxWriter::patches).orElse(null),
            "LIBRARY",
            refs));
    relate(id("layer", each.layer().name()), "CONTAINS", id);
    each.files().forEach(file -> relate(id, "CONTAINS", add(file)));
    each.dependencies()
        .forEach(purl -> relate(id, "DEPENDS_ON", String.valueOf(idsByPurl.get(purl))));
    each.recipe().ifPresent(recipe -> addSources(id, recipe));
  }

  private void addSources(String id, Recipe recipe) {
    for (Source source : recipe.sources()) {
      String sourceId = id("source", recipe.name() + "-" + source.file());
      if (packages.stream().noneMatch(each -> each.spdxId().equals(sourceId))) {
        Optional<String> address = CycloneDxWriter.address(source);
        packages.add(
            source(
                sourceId,
                source.file(),
                recipe.upstreamVersion(),
                address,
                source.sha256(),
                Identifiers.sourcePurl(
                    source.file(), recipe.upstreamVersion(), source.sha256(), address)));
      }
      relate(id, "GENERATED_FROM", sourceId);
    }
  }

  private static SpdxPackage source(
      String id,
      String file,
      @Nullable String version,
      Optional<String> address,
      Digest digest,
      String purl) {
    return new SpdxPackage(
        id,
        file,
        version,
        Spdx.NO_ASSERTION,
        address.orElse(Spdx.NO_ASSERTION),
        false,
        null,
        List.of(sha256(digest)),
        null,
        Spdx.NO_ASSERTION,
        Spdx.NO_ASSERTION,
        null,
        null,
        null,
        "SOURCE",
        List.of(purl(purl)));
  }

  private void add(BuildInput input) {
    String id = id("build", input.group() + "-" + input.file());
    SpdxPackage tool =
        source(
            id,
            input.name(),
            input.version().orElse(null),
            Optional.empty(),
            input.sha256(),
            input.purl());
    packages.add(tool);
    relate(id, "BUILD_TOOL_OF", IMAGE);
  }

  private String add(ImageFile file) {
    String id = id("file", file.path());
    files.add(
        new SpdxFile(
            id,
            "./" + file.path(),
            List.of(new Checksum("SHA1", file.sha1()), sha256(file.sha256())),
            Spdx.NO_ASSERTION,
            Spdx.NO_ASSERTION));
    return id;
  }

  private static @Nullable String patches(Recipe recipe) {
    return recipe.patches().isEmpty()
        ? null
        : "Patches: "
            + recipe.patches().stream()
                .map(
                    patch -> {
                      String fixed =
                          recipe.security().stream()
                              .filter(statement -> statement.by().contains(patch.file()))
                              .map(statement -> statement.cve())
                              .collect(Collectors.joining(", "));
                      return patch.file() + (fixed.isEmpty() ? "" : " (" + fixed + ")");
                    })
                .collect(Collectors.joining("; "));
  }

  private String license(String text) {
    if (text.isEmpty()) {
      return Spdx.NO_ASSERTION;
    }
    if (LicenseExpression.all(List.of(text)).isPresent()) {
      return text;
    }
    String id = "LicenseRef-" + text.replaceAll("[^A-Za-z0-9.-]", "-");
    licenses.put(id, new ExtractedLicense(id, "The packager wrote: " + text, text));
    return id;
  }

  private static ExternalRef purl(String purl) {
    return new ExternalRef("PACKAGE-MANAGER", "purl", purl);
  }

  private static Checksum sha256(Digest digest) {
    return new Checksum("SHA256", digest.hex());
  }
}
