package io.github.prosodyoci.evidence.sbom;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The JSON of CycloneDX 1.6, as far as it is used here, in the order in which it is written. */
public final class CycloneDx {

  /** The media type of a document. */
  public static final String MEDIA_TYPE = "application/vnd.cyclonedx+json";

  static final String FORMAT = "CycloneDX";
  static final String VERSION = "1.6";

  private CycloneDx() {}

  private static <T> @Nullable List<T> orNull(@Nullable List<T> list) {
    return list == null || list.isEmpty() ? null : List.copyOf(list);
  }

  /** The document. */
  public record Bom(
      String bomFormat,
      String specVersion,
      String serialNumber,
      int version,
      Metadata metadata,
      @Nullable List<Part> components,
      @Nullable List<Dependency> dependencies,
      @Nullable List<Composition> compositions,
      @Nullable List<Vulnerability> vulnerabilities) {

    /** Leaves empty lists out. */
    public Bom {
      components = orNull(components);
      dependencies = orNull(dependencies);
      compositions = orNull(compositions);
      vulnerabilities = orNull(vulnerabilities);
    }
  }

  /** About the document. */
  public record Metadata(
      String timestamp,
      @Nullable List<Lifecycle> lifecycles,
      Tools tools,
      Part component,
      Organization supplier) {}

  /** When in a life cycle a document was made. */
  public record Lifecycle(String phase) {}

  /** What made a document. */
  public record Tools(List<Part> components) {}

  /** Who supplies something. */
  public record Organization(String name) {}

  /** A component: an image, a package, a file, a source. */
  public record Part(
      String type,
      @JsonProperty("bom-ref") @Nullable String bomRef,
      @Nullable Organization supplier,
      String name,
      @Nullable String version,
      @Nullable String description,
      @Nullable String scope,
      @Nullable List<Hash> hashes,
      @Nullable List<LicenseChoice> licenses,
      @Nullable String cpe,
      @Nullable String purl,
      @Nullable Pedigree pedigree,
      @Nullable List<Reference> externalReferences,
      @Nullable List<Part> components,
      @Nullable List<Property> properties) {

    /** Leaves empty lists out. */
    public Part {
      hashes = orNull(hashes);
      licenses = orNull(licenses);
      externalReferences = orNull(externalReferences);
      components = orNull(components);
      properties = orNull(properties);
    }
  }

  /** A digest. */
  public record Hash(String alg, String content) {}

  /** A licence: an SPDX expression, or a name where it is none. */
  public record LicenseChoice(@Nullable String expression, @Nullable License license) {}

  /** A licence that SPDX does not list. */
  public record License(String name) {}

  /** What a component was made from. */
  public record Pedigree(@Nullable List<Part> ancestors, @Nullable List<Patch> patches) {

    /** Leaves empty lists out. */
    public Pedigree {
      ancestors = orNull(ancestors);
      patches = orNull(patches);
    }
  }

  /** A change of a component's source, and the vulnerabilities that it fixes. */
  public record Patch(String type, @Nullable Diff diff, @Nullable List<Issue> resolves) {

    /** Leaves empty lists out. */
    public Patch {
      resolves = orNull(resolves);
    }
  }

  /** Where a patch is. */
  public record Diff(String url) {}

  /** What a patch is for. */
  public record Issue(String type, String id) {}

  /** Something elsewhere. */
  public record Reference(String type, String url, @Nullable List<Hash> hashes) {

    /** Leaves empty lists out. */
    public Reference {
      hashes = orNull(hashes);
    }
  }

  /** A property that the format has no field for. */
  public record Property(String name, String value) {}

  /** What a component needs. */
  public record Dependency(String ref, @Nullable List<String> dependsOn) {

    /** Leaves empty lists out. */
    public Dependency {
      dependsOn = orNull(dependsOn);
    }
  }

  /** How complete a description is. */
  public record Composition(String aggregate, List<String> assemblies) {}

  /** What is so with a published vulnerability. */
  public record Vulnerability(
      @JsonProperty("bom-ref") String bomRef,
      String id,
      Source source,
      @Nullable String description,
      Analysis analysis,
      List<Affects> affects) {}

  /** Who published a vulnerability. */
  public record Source(String name, String url) {}

  /** Whether a vulnerability matters. */
  public record Analysis(
      String state,
      @Nullable String justification,
      @Nullable List<String> response,
      @Nullable String detail) {}

  /** What a vulnerability is about. */
  public record Affects(String ref) {}
}
