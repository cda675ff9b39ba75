package io.github.prosodyoci.verify.update;

import io.github.prosodyoci.archive.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code target/outdated.json} says: for each recipe what is newer than what it pins, and who
 * says so.
 *
 * @param schema the version of this form, 1
 * @param suites the suites of Debian's archive that were asked
 * @param recipes the recipes, in their order
 */
public record Outdated(int schema, List<Suite> suites, List<Recipe> recipes) {

  /** The version of the form. */
  static final int SCHEMA = 1;

  /** Copies the lists. */
  public Outdated {
    suites = List.copyOf(suites);
    recipes = List.copyOf(recipes);
  }

  /**
   * A suite's signed index.
   *
   * @param suite such as {@code trixie-security}
   * @param date when the index was made (ISO 8601), as it says itself
   * @param signer the fingerprint of the primary key that signed it
   * @param userId that key's first user identity
   * @param algorithm key and digest
   * @param unavailable why it could not be asked; the others are null then
   */
  public record Suite(
      String suite,
      @Nullable String date,
      @Nullable String signer,
      @Nullable String userId,
      @Nullable String algorithm,
      @Nullable String unavailable) {}

  /**
   * A recipe.
   *
   * @param recipe its name
   * @param version the version that it pins
   * @param offers what is newer
   * @param notes what could not be asked, such as an upstream that is out of reach
   */
  public record Recipe(String recipe, String version, List<Offer> offers, List<String> notes) {

    /** Copies the lists. */
    public Recipe {
      offers = List.copyOf(offers);
      notes = List.copyOf(notes);
    }
  }

  /**
   * Something newer.
   *
   * @param kind {@code version} of the software, or {@code patches} of Debian for the same version
   * @param file the source that would change, as the recipe names it
   * @param current the version that it has
   * @param offered the newer version
   * @param from the suites of Debian that have it, or the page of an upstream that lists it
   * @param evidence {@code debian-archive}: the signed index of these suites; {@code none}: a page
   *     that nobody signed
   * @param patches the patches that Debian's queue gained
   * @param securityFixes the vulnerabilities that the changelog names since the current version
   */
  public record Offer(
      String kind,
      String file,
      String current,
      String offered,
      List<String> from,
      String evidence,
      List<String> patches,
      List<String> securityFixes) {

    /** Copies the lists. */
    public Offer {
      from = List.copyOf(from);
      patches = List.copyOf(patches);
      securityFixes = List.copyOf(securityFixes);
    }

    private String line() {
      StringBuilder line =
          new StringBuilder()
              .append(kind.equals("version") ? "version " : "patches ")
              .append(offered)
              .append(" in ")
              .append(String.join(", ", from))
              .append(" (now ")
              .append(current)
              .append(evidence.equals("none") ? "; not signed)" : ")");
      if (!patches.isEmpty()) {
        line.append(", ").append(patches.size()).append(" patches gained");
      }
      if (!securityFixes.isEmpty()) {
        line.append(", fixes ").append(String.join(" ", securityFixes));
      }
      return line.toString();
    }
  }

  /** Says whether something newer was found. */
  public boolean hasOffers() {
    return recipes.stream().anyMatch(recipe -> !recipe.offers().isEmpty());
  }

  /** Returns a table for people: suites, then recipes with what is newer. */
  public List<String> table() {
    List<String> lines = new ArrayList<>();
    for (Suite suite : suites) {
      lines.add(
          "Debian "
              + suite.suite()
              + ": "
              + (suite.unavailable() == null
                  ? "index of " + suite.date() + ", signed by " + suite.userId()
                  : "not asked: " + suite.unavailable()));
    }
    for (Recipe recipe : recipes) {
      String start = recipe.recipe() + " " + recipe.version() + ": ";
      if (recipe.offers().isEmpty()) {
        lines.add(start + (recipe.notes().isEmpty() ? "up to date" : "nothing newer found"));
      }
      recipe.offers().forEach(offer -> lines.add(start + offer.line()));
      recipe.notes().forEach(note -> lines.add(start + note));
    }
    // The same package for two architectures reads the same.
    return lines.stream().distinct().toList();
  }

  /**
   * Writes the report.
   *
   * @throws IOException if the file cannot be written
   */
  public void write(Path file) throws IOException {
    Json.write(file, this);
  }
}
