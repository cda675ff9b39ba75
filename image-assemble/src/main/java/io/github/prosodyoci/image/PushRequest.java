package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Digest;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to push, and where.
 *
 * @param archive the archive of one image, as {@link ImageAssembler} writes it
 * @param digest the image digest that the archive must have
 * @param name the name that the image gets
 * @param moreTags further tags of the same repository
 * @param login the user of the registry; null to look where Docker and Podman keep it
 * @param tokenHost a host outside of the registry's domain whose token service may be given the
 *     login
 * @param allowInsecure whether plain HTTP and unverified TLS will do; for a registry on the
 *     loopback interface they always do
 */
public record PushRequest(
    Path archive,
    Digest digest,
    ImageName name,
    List<String> moreTags,
    @Nullable RegistryLogin login,
    @Nullable String tokenHost,
    boolean allowInsecure) {

  /** Copies the list. */
  public PushRequest {
    moreTags = List.copyOf(moreTags);
  }
}
