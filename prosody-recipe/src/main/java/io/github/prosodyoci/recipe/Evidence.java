package io.github.prosodyoci.recipe;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Why a file may be trusted, as a recipe declares it (docs/recipes.md, "Evidence"). */
public sealed interface Evidence {

  /** Returns the key that declares this kind in a recipe. */
  String kind();

  /** Returns the file that carries this evidence, which is fetched like a source, if any. */
  default Optional<Source> carrier() {
    return Optional.empty();
  }

  /** Returns whether the build goes on without the carrier. */
  default boolean optional() {
    return false;
  }

  /**
   * A detached signature over the file.
   *
   * @param file the signature file
   * @param signers fingerprints of the primary keys that may sign
   * @param optional whether the signature may be missing
   * @param waivers the weaknesses accepted, each with its reason
   */
  record Signature(Source file, List<String> signers, boolean optional, Map<Waiver, String> waivers)
      implements Evidence {

    /** Makes it immutable. */
    public Signature {
      signers = List.copyOf(signers);
      waivers = Collections.unmodifiableSortedMap(new TreeMap<>(waivers));
    }

    @Override
    public String kind() {
      return "signature";
    }

    @Override
    public Optional<Source> carrier() {
      return Optional.of(file);
    }
  }

  /**
   * Debian's archive: {@code InRelease}, index, the file's digest.
   *
   * @param suite such as {@code trixie} or {@code trixie-security}
   */
  record DebianArchive(String suite) implements Evidence {

    @Override
    public String kind() {
      return "debian-archive";
    }
  }

  /**
   * A source package's description, clear-signed by the Debian developer who uploaded it.
   *
   * @param file the {@code .dsc}
   * @param signers fingerprints of the primary keys that may sign
   */
  record DebianSourceControl(Source file, List<String> signers) implements Evidence {

    /** Makes it immutable. */
    public DebianSourceControl {
      signers = List.copyOf(signers);
    }

    @Override
    public String kind() {
      return "debian-source-control";
    }

    @Override
    public Optional<Source> carrier() {
      return Optional.of(file);
    }
  }

  /**
   * No evidence: only the pinned digest holds.
   *
   * @param reason why there is none
   */
  record PinnedOnly(String reason) implements Evidence {

    @Override
    public String kind() {
      return "pinned-only";
    }
  }
}
