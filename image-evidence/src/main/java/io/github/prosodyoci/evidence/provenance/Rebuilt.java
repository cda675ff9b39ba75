package io.github.prosodyoci.evidence.provenance;

/**
 * The JSON of our own statement that an image was built again, and came out the same, byte for
 * byte.
 *
 * @param builder an address that names the machine, or the service, that built it again
 * @param repository where the commit was checked out from
 * @param commit the commit
 * @param downloads {@code own} or {@code shared}: from another cache, by their digests
 * @param java vendor and version
 * @param maven its version
 * @param os the machine's system and architecture
 */
public record Rebuilt(
    String builder,
    String repository,
    String commit,
    String downloads,
    String java,
    String maven,
    String os) {}
