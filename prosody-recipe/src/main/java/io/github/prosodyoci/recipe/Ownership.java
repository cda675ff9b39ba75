package io.github.prosodyoci.recipe;

import io.github.prosodyoci.core.Place;
import java.util.Optional;

/**
 * A path with another owner or mode than usual.
 *
 * @param path relative to the root, as in {@code var/lib/prosody}
 * @param user number or name of the owner; {@code 0} is root
 * @param group number or name of the group; {@code 0} is root
 * @param mode the permission bits, if they are not the usual ones
 * @param where its line in the recipe
 */
public record Ownership(
    String path, String user, String group, Optional<Integer> mode, Place where) {}
