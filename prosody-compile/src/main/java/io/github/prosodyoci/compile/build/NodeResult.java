package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.build.BuildGraph.Node;
import io.github.prosodyoci.compile.split.BuiltPackage;
import io.github.prosodyoci.core.Digest;
import java.nio.file.Path;
import java.util.List;

/**
 * The packages of one recipe.
 *
 * @param node what was built
 * @param key the digest of everything it was made from
 * @param folder the folder with the package files
 * @param packages the packages, the main one first
 * @param cached whether they came from the cache
 */
public record NodeResult(
    Node node, Digest key, Path folder, List<BuiltPackage> packages, boolean cached) {

  /** Copies the list. */
  public NodeResult {
    packages = List.copyOf(packages);
  }
}
