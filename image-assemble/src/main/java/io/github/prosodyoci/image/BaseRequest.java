package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Platform;
import java.nio.file.Path;

/**
 * Which image to build on.
 *
 * @param location where it is; in a registry it must be pinned by its digest
 * @param platform the platform that is wanted of it
 * @param cache the folder that keeps what was pulled, which several builds may share
 * @param access how its registry may be spoken to
 * @param offline whether only the cache may be used
 */
public record BaseRequest(
    ImageLocation location,
    Platform platform,
    Path cache,
    RegistryAccess access,
    boolean offline) {}
