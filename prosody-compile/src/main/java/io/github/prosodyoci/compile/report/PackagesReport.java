package io.github.prosodyoci.compile.report;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Platform;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The content of {@code target/packages.json}: every package, and what it was built from.
 *
 * @param platform what the packages run on
 * @param signing the digest of what signing depends on: the public key, and the code that signed
 * @param repository the repository's folder, relative to the report
 * @param index the digest of its signed index
 * @param publicKey the public key's file, relative to the report
 * @param publicKeyDigest that file's digest
 * @param buildRoot what the steps ran with; absent in a report of an older build
 * @param recipes the recipes, each after those it needs
 */
public record PackagesReport(
    Platform platform,
    Digest signing,
    String repository,
    Digest index,
    String publicKey,
    Digest publicKeyDigest,
    @Nullable Root buildRoot,
    List<Built> recipes) {

  /** Copies the list. */
  public PackagesReport {
    recipes = List.copyOf(recipes);
  }

  /**
   * A build root (docs/recipes.md).
   *
   * @param name such as {@code bookworm-llvm}
   * @param version its version
   * @param digest the digest of its packages for the machine that built, and of how they are laid
   *     out
   * @param packages these packages; empty in a report of an older build
   */
  public record Root(String name, String version, Digest digest, List<RootPackage> packages) {

    /** Copies the list. */
    public Root {
      packages = packages == null ? List.of() : List.copyOf(packages);
    }
  }

  /**
   * A Debian package of a build root.
   *
   * @param file its name as the build root declares it
   * @param name the package's own name
   * @param version its version, with its epoch
   * @param architecture as Debian names it
   * @param sha256 the digest of its file
   */
  public record RootPackage(
      String file, String name, String version, String architecture, Digest sha256) {}

  /**
   * A recipe that was built.
   *
   * @param name its name, which is the packages' origin
   * @param version the packages' version
   * @param url the project's page
   * @param license an SPDX expression
   * @param cpe vendor and product in NIST's vulnerability database; absent if the recipe names none
   * @param key the digest of everything it was built from; it depends on the kind of machine
   * @param sources what it was built from
   * @param patches the patches, in the order of application
   * @param packages its packages
   * @param security the recipe's statements on published vulnerabilities, in its order
   */
  public record Built(
      String name,
      String version,
      String url,
      String license,
      @Nullable String cpe,
      Digest key,
      List<Input> sources,
      List<Patch> patches,
      List<Output> packages,
      List<Statement> security) {

    /** Copies the lists; a report of an older build has neither patches nor statements. */
    public Built {
      sources = List.copyOf(sources);
      patches = patches == null ? List.of() : List.copyOf(patches);
      packages = List.copyOf(packages);
      security = security == null ? List.of() : List.copyOf(security);
    }
  }

  /**
   * A source.
   *
   * @param file its name
   * @param sha256 its digest
   * @param origin where the recipe looks first, whatever server the file came from; absent in a
   *     report of an older build
   */
  public record Input(String file, Digest sha256, @Nullable String origin) {}

  /**
   * A patch.
   *
   * @param file its path below the build folder, or beside the recipe
   * @param sha256 the digest of one beside the recipe; absent for one that a source holds
   */
  public record Patch(String file, @Nullable Digest sha256) {}

  /**
   * A statement on a published vulnerability (docs/recipes.md, "Vulnerabilities").
   *
   * @param cve such as {@code CVE-2026-35189}
   * @param status {@code fixed}, {@code not-affected} or {@code affected}
   * @param by the patches, or the version, that fixed it; empty unless it is fixed
   * @param reason the OpenVEX justification; absent unless it is not affected
   * @param note one sentence
   */
  public record Statement(
      String cve, String status, List<String> by, @Nullable String reason, String note) {

    /** Copies the list. */
    public Statement {
      by = List.copyOf(by);
    }
  }

  /**
   * A package.
   *
   * @param name its name
   * @param version its version
   * @param file its file name in the repository
   * @param size the signed file's size in bytes
   * @param digest the signed file's digest; it depends on the signing key
   * @param content the digest of the file without its signature: the same on every machine
   */
  public record Output(
      String name, String version, String file, long size, Digest digest, Digest content) {}
}
