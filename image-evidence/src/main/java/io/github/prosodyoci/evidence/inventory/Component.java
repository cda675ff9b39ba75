package io.github.prosodyoci.evidence.inventory;

import io.github.prosodyoci.core.archive.Layer;
import io.github.prosodyoci.evidence.input.ImageFile;
import io.github.prosodyoci.evidence.input.InstalledPackage;
import io.github.prosodyoci.evidence.input.PackagesJson.Recipe;
import io.github.prosodyoci.evidence.input.PackagesJson.Statement;
import java.util.List;
import java.util.Optional;

/**
 * A package in an image.
 *
 * @param installed what the image's database says of it
 * @param purl its package URL
 * @param layer the layer that holds it
 * @param recipe the recipe that it was built from here; empty for one from elsewhere
 * @param files its files
 * @param dependencies the package URLs of those it needs
 */
public record Component(
    InstalledPackage installed,
    String purl,
    Layer layer,
    Optional<Recipe> recipe,
    List<ImageFile> files,
    List<String> dependencies) {

  /** Copies the lists. */
  public Component {
    files = List.copyOf(files);
    dependencies = List.copyOf(dependencies);
  }

  /** Returns the size of its files in bytes, not compressed. */
  public long size() {
    return files.stream().mapToLong(ImageFile::size).sum();
  }

  /** Returns its name in NIST's vulnerability database (CPE 2.3), if the recipe states one. */
  public Optional<String> cpe() {
    return recipe
        .filter(built -> built.cpe() != null)
        .map(built -> Identifiers.cpe(String.valueOf(built.cpe()), built.upstreamVersion()));
  }

  /** Returns what its recipe states on published vulnerabilities. */
  public List<Statement> statements() {
    return recipe.map(Recipe::security).orElse(List.of());
  }
}
