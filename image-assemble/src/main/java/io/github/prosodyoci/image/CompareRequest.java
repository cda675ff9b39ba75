package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Platform;
import org.jspecify.annotations.Nullable;

/**
 * Which two images to compare.
 *
 * @param first where the first image is
 * @param second where the second image is
 * @param platform which image of an index is compared; null if both are images of one platform
 * @param firstAccess how the registry of the first may be spoken to, if it is in one
 * @param secondAccess how the registry of the second may be spoken to, if it is in one
 */
public record CompareRequest(
    ImageLocation first,
    ImageLocation second,
    @Nullable Platform platform,
    RegistryAccess firstAccess,
    RegistryAccess secondAccess) {}
