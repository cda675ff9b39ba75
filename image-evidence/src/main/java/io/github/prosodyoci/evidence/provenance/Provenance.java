package io.github.prosodyoci.evidence.provenance;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of SLSA provenance 1.0, as far as it is used here, in the order in which it is written.
 */
public final class Provenance {

  /** The type of the predicate. */
  public static final String PREDICATE_TYPE = "https://slsa.dev/provenance/v1";

  /** How images are made here; docs/evidence.md says what its parameters mean. */
  public static final String BUILD_TYPE =
      "https://github.com/prosody-oci/prosody-oci/blob/main/docs/evidence.md#build-type-v1";

  private Provenance() {}

  /** What a statement of provenance says. */
  public record Predicate(BuildDefinition buildDefinition, RunDetails runDetails) {}

  /** What decides what is made. */
  public record BuildDefinition(
      String buildType,
      External externalParameters,
      Internal internalParameters,
      List<Resource> resolvedDependencies) {

    /** Copies the list. */
    public BuildDefinition {
      resolvedDependencies =
          resolvedDependencies == null ? List.of() : List.copyOf(resolvedDependencies);
    }
  }

  /**
   * What whoever builds decides.
   *
   * @param repository the address of the project's repository
   * @param commit the commit that was built; absent if not known
   * @param workingTree {@code clean}, {@code modified} or {@code unknown}
   * @param platform what the image is for
   * @param outputTimestamp the one time that everything carries
   * @param folder the project's folder in the repository; absent for the uppermost
   * @param profiles the profiles of Maven that were asked for by name; absent if none
   * @param properties what else was set on the command line; absent if nothing
   */
  public record External(
      @Nullable String repository,
      @Nullable String commit,
      @Nullable String workingTree,
      @Nullable String platform,
      @Nullable String outputTimestamp,
      @Nullable String folder,
      @Nullable List<String> profiles,
      @Nullable Map<String, String> properties) {}

  /**
   * What the image's digest does not depend on.
   *
   * @param java vendor and version
   * @param maven its version
   * @param os the machine's system and architecture
   */
  public record Internal(String java, String maven, String os) {}

  /** Something that was used, by its digest. */
  public record Resource(
      String name,
      @Nullable String uri,
      Map<String, String> digest,
      @Nullable Map<String, String> annotations) {}

  /** Who built, and with what. */
  public record RunDetails(Builder builder) {}

  /**
   * Who vouches for the build.
   *
   * @param id an address that names the machine, or the service, that builds
   * @param version versions of the parts of the builder
   */
  public record Builder(String id, Map<String, String> version) {}
}
