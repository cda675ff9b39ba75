package io.github.prosodyoci.image;

import java.nio.file.Path;

/**
 * What image to make, and where.
 *
 * @param layersFile the list of layers, as {@code alpine-rootfs:layers} writes it
 * @param description all of the image but its layers
 * @param archive the archive to write
 * @param report the report to write
 * @param madeBy the name and code of what makes the image; what other code made is made again
 */
public record AssembleRequest(
    Path layersFile, ImageDescription description, Path archive, Path report, String madeBy) {}
