package io.github.prosodyoci.recipe;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Why a file may be trusted, as a recipe declares it (docs/recipes.md, "Evidence"). */
public sealed interface Evidence {

  /** Returns the key that declares this kind in a recipe. */
  String kind();

  /**
   * A detached signature over the file.
   *
   * @param file the signature file
   * @param signers fingerprints of the primary keys that may sign
   * @param optional whether the signature may be missing
   * @param waivers what is waived, each with its reason
   */
  record Signature(Source file, List<String> signers, boolean optional, Map<Waiver, String> waivers)
      implements Evidence {

    /** Copies list and map. */
    public Signature {
      signers = List.copyOf(signers);
      SortedMap<Waiver, String> sorted = new TreeMap<>(waivers);
      waivers = Collections.unmodifiableSortedMap(sorted);
    }

    @Override
    public String kind() {
      return "signature";
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

    /** Copies the list. */
    public DebianSourceControl {
      signers = List.copyOf(signers);
    }

    @Override
    public String kind() {
      return "debian-source-control";
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
