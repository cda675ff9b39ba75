package io.github.prosodyoci.evidence.provenance;

import java.util.Optional;

/**
 * What a build knows of itself.
 *
 * @param builder an address that names the machine, or the service, that builds
 * @param repository the address of the project's repository
 * @param tree which commit is built
 * @param java vendor and version
 * @param maven its version
 * @param os the machine's system and architecture
 */
public record BuildFacts(
    String builder,
    Optional<String> repository,
    SourceTree tree,
    String java,
    String maven,
    String os) {}
