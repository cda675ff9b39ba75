package io.github.prosodyoci.update;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonValue;
import io.github.prosodyoci.core.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What {@code target/outdated.json} says: for each recipe what is newer than its pins, according to
 * whom, and who did not answer.
 *
 * @param schema the version of this format, 2
 * @param suites the suites of Debian's archive in question
 * @param recipes the recipes, in their order
 */
public record OutdatedResult(int schema, List<Suite> suites, List<Recipe> recipes) {

  /** The version of the format. */
  static final int SCHEMA = 2;

  /** Copies the lists. */
  public OutdatedResult {
    suites = List.copyOf(suites);
    recipes = List.copyOf(recipes);
  }

  /** Whether a suite answered. */
  public enum State {
    /** It answered with a current index. */
    ASKED,
    /** Its index is out of date: what is newer may be missing. */
    STALE,
    /** No mirror gave its index. */
    NOT_ASKED;

    /** Returns the name as it is shown, such as {@code not asked}. */
    @JsonValue
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /**
   * A suite's signed index.
   *
   * @param suite such as {@code trixie-security}
   * @param state whether it answered
   * @param date when the index was made (ISO 8601), as it says itself; null if there is none
   * @param signer the fingerprint of the primary key that signed it
   * @param userId that key's first user identity
   * @param algorithm key and digest
   * @param reason why it is stale, or was not asked; otherwise null
   */
  public record Suite(
      String suite,
      State state,
      @Nullable String date,
      @Nullable String signer,
      @Nullable String userId,
      @Nullable String algorithm,
      @Nullable String reason) {

    private String line() {
      String index = "index of " + date + ", signed by " + userId;
      return "Debian " + suite + ": " + (reason == null ? index : state + ": " + reason);
    }
  }

  /**
   * A recipe.
   *
   * @param recipe its name
   * @param version the version that it pins
   * @param offers what is newer
   * @param asked who answered: suites of Debian, and pages of upstreams
   * @param unanswered who did not: the same, and why
   * @param notes what else is unknown, such as a file that Debian's mirror lacks
   */
  public record Recipe(
      String recipe,
      String version,
      List<Offer> offers,
      List<String> asked,
      List<String> unanswered,
      List<String> notes) {

    /** Copies the lists. */
    public Recipe {
      offers = List.copyOf(offers);
      asked = List.copyOf(asked);
      unanswered = List.copyOf(unanswered);
      notes = List.copyOf(notes);
    }

    /** Returns whether nobody answered of those asked. */
    @JsonIgnore
    boolean isUnknown() {
      return asked.isEmpty() && !unanswered.isEmpty();
    }

    private List<String> lines() {
      String start = recipe + " " + version + ": ";
      List<String> lines = new ArrayList<>();
      offers.forEach(offer -> lines.add(start + offer.line()));
      if (offers.isEmpty() && !asked.isEmpty()) {
        boolean all = unanswered.isEmpty() && notes.isEmpty();
        lines.add(start + (all ? "up to date" : "nothing newer in " + String.join(", ", asked)));
      }
      if (!unanswered.isEmpty()) {
        lines.add(start + "no answer from " + String.join(", ", unanswered));
      }
      notes.forEach(note -> lines.add(start + note));
      return lines;
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
   * @param patches the patches that Debian's queue gained; all of it, for a recipe that takes none
   * @param securityFixes the vulnerabilities that patches and changelog name since the current
   *     version
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

  /** Returns whether something newer was found. */
  public boolean hasOffers() {
    return recipes.stream().anyMatch(recipe -> !recipe.offers().isEmpty());
  }

  /**
   * Returns who should have answered and did not, a line each: suites, and the recipes that nobody
   * answered for. While there is one, nothing newer found means nothing.
   */
  public List<String> gaps() {
    List<String> gaps = new ArrayList<>();
    suites.stream().filter(s -> s.state() != State.ASKED).map(Suite::line).forEach(gaps::add);
    for (Recipe recipe : recipes) {
      if (recipe.isUnknown()) {
        gaps.add(recipe.recipe() + ": no answer from " + String.join(", ", recipe.unanswered()));
      }
    }
    return gaps.stream().distinct().toList();
  }

  /** Returns a table for people: suites, then recipes with what is newer. */
  public List<String> table() {
    List<String> lines = new ArrayList<>();
    suites.forEach(suite -> lines.add(suite.line()));
    recipes.forEach(recipe -> lines.addAll(recipe.lines()));
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
