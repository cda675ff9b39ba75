package io.github.prosodyoci.image;

/**
 * What to copy, and where.
 *
 * @param from where the image is
 * @param to where it goes; its tag is the tag that it gets there
 * @param fromAccess how the registry that it is in may be spoken to
 * @param toAccess how the registry that it goes to may be spoken to
 */
public record CopyRequest(
    ImageLocation from, ImageLocation to, RegistryAccess fromAccess, RegistryAccess toAccess) {}
