package io.github.prosodyoci.evidence.provenance;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a build knows of itself.
 *
 * @param builder an address that names the machine, or the service, that builds
 * @param repository the address of the project's repository
 * @param tree which commit is built
 * @param profiles the profiles that were asked for by name
 * @param properties the properties that were set by the user, and decide what is made
 * @param jars the plugins that the build has loaded, and what they need, by their package URLs
 * @param java vendor and version
 * @param maven its version
 * @param os the machine's system and architecture
 */
public record BuildFacts(
    String builder,
    Optional<String> repository,
    SourceTree tree,
    List<String> profiles,
    Map<String, String> properties,
    List<BuildJar> jars,
    String java,
    String maven,
    String os) {

  /** Copies list and map. */
  public BuildFacts {
    profiles = List.copyOf(profiles);
    jars = List.copyOf(jars);
    properties = Collections.unmodifiableSortedMap(new TreeMap<>(properties));
  }
}
