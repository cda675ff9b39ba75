package io.github.prosodyoci.evidence.input;

import io.github.prosodyoci.core.Digest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is read of {@code packages.json}: the recipes that packages were built from.
 *
 * @param buildRoot what build steps ran with, if anything was built
 * @param recipes the recipes
 */
public record PackagesJson(@Nullable Root buildRoot, List<Recipe> recipes) {

  /** A report of no packages. */
  static final PackagesJson NONE = new PackagesJson(null, List.of());

  /** Copies the list. */
  public PackagesJson {
    recipes = copy(recipes);
  }

  static <T> List<T> copy(@Nullable List<T> list) {
    return list == null ? List.of() : List.copyOf(list);
  }

  /**
   * A build root.
   *
   * @param packages its packages, each with a version of its own; empty in reports of older builds
   */
  public record Root(String name, String version, List<RootPackage> packages) {

    /** Copies the list. */
    public Root {
      packages = copy(packages);
    }
  }

  /** A Debian package of a build root. */
  public record RootPackage(String name, String version, String architecture, Digest sha256) {}

  /**
   * A recipe.
   *
   * @param name its name, the origin of its packages
   * @param version the packages' version, such as {@code 3.5.7-r1}
   * @param url the project's page
   * @param license an SPDX expression, usually
   * @param cpe vendor and product in NIST's vulnerability database, if known
   * @param sources what it was built from, the upstream archive first
   * @param patches what was changed in them, in order
   * @param packages what it was built to
   * @param security what is so with published vulnerabilities
   */
  public record Recipe(
      String name,
      String version,
      @Nullable String url,
      @Nullable String license,
      @Nullable String cpe,
      List<Source> sources,
      List<Patch> patches,
      List<Output> packages,
      List<Statement> security) {

    /** Copies the lists. */
    public Recipe {
      sources = copy(sources);
      patches = copy(patches);
      packages = copy(packages);
      security = copy(security);
    }

    /** Returns the version that upstream gave it, such as {@code 3.5.7}. */
    public String upstreamVersion() {
      return version.replaceFirst("-r[0-9]+$", "");
    }
  }

  /**
   * A source.
   *
   * @param origin where the recipe looks first; absent in reports of older builds
   */
  public record Source(String file, Digest sha256, @Nullable String origin) {}

  /**
   * A patch.
   *
   * @param sha256 absent for one that lies in a source
   */
  public record Patch(String file, @Nullable Digest sha256) {}

  /** A package: its name, and the digest of the file without its signature. */
  public record Output(String name, Digest content) {}

  /**
   * A statement on a published vulnerability.
   *
   * @param status {@code fixed}, {@code not-affected} or {@code affected}
   * @param by the patches, or the version, that fixed it
   * @param reason the justification as OpenVEX has it; absent unless not affected
   * @param note one sentence
   */
  public record Statement(
      String cve, String status, List<String> by, @Nullable String reason, String note) {

    /** Copies the list. */
    public Statement {
      by = copy(by);
    }
  }
}
