package io.github.prosodyoci.image;

import org.jspecify.annotations.Nullable;

/**
 * How a registry may be spoken to.
 *
 * @param login the user of the registry; null to look where Docker and Podman keep it
 * @param tokenHost a host outside of the registry's domain whose token service may be given the
 *     login
 * @param allowInsecure whether plain HTTP and unverified TLS will do; for a registry on the
 *     loopback interface they always do
 */
public record RegistryAccess(
    @Nullable RegistryLogin login, @Nullable String tokenHost, boolean allowInsecure) {

  /** The login that Docker or Podman has, and TLS with a trusted certificate. */
  public static final RegistryAccess DEFAULT = new RegistryAccess(null, null, false);
}
