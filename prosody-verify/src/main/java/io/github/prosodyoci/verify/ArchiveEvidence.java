package io.github.prosodyoci.verify;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Workers;
import io.github.prosodyoci.fetch.FetchCode;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.Evidence;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.recipe.Source;
import io.github.prosodyoci.verify.EvidenceResult.Outcome;
import io.github.prosodyoci.verify.SourceCheck.Finding;
import io.github.prosodyoci.verify.debian.DebianIndexes;
import io.github.prosodyoci.verify.debian.DebianIndexes.Index;
import io.github.prosodyoci.verify.debian.DebianIndexes.SignedIndex;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** Evidence in Debian's signed indexes, of which each is read once for all sources. */
final class ArchiveEvidence {

  private static final String KIND = "debian-archive";

  private final Map<Index, FutureTask<SignedIndex<Map<Origin.Debian, Digest>>>> lookups =
      new HashMap<>();

  /**
   * Prepares the lookup of every file that an index may be needed for.
   *
   * @param sources all sources of the request
   */
  ArchiveEvidence(DebianIndexes indexes, List<DeclaredSource> sources) {
    Map<Index, Set<Origin.Debian>> files = new HashMap<>();
    for (DeclaredSource declared : sources) {
      for (Evidence evidence : declared.requiredEvidence()) {
        if (evidence instanceof Evidence.DebianArchive archive) {
          files
              .computeIfAbsent(index(declared, archive), any -> new HashSet<>())
              .add(origin(declared.source()));
        }
      }
    }
    files.forEach(
        (index, wanted) ->
            lookups.put(index, new FutureTask<>(() -> indexes.digests(index, wanted))));
  }

  /** Returns the reading of the index that decides about a source first, if one does. */
  Optional<Runnable> firstIndex(DeclaredSource declared) {
    return declared.requiredEvidence().stream()
        .limit(1)
        .filter(Evidence.DebianArchive.class::isInstance)
        .map(first -> index(declared, (Evidence.DebianArchive) first))
        .<Runnable>map(lookups::get)
        .findFirst();
  }

  /**
   * Checks that the index of a suite lists a source.
   *
   * @throws FailureException with a {@link VerifyCode} if the index lists another digest, or is
   *     itself not to be trusted
   * @throws IOException if a file of the cache cannot be read
   */
  Finding check(DeclaredSource declared, Evidence.DebianArchive archive) throws IOException {
    Index index = index(declared, archive);
    SignedIndex<Map<Origin.Debian, Digest>> listed;
    try {
      listed = lookup(index);
    } catch (FailureException e) {
      if (!FetchCode.isCodeOf(e)) {
        throw e;
      }
      return unavailable(
          index,
          e.failureCode() == FetchCode.DIGEST_MISMATCH
              ? VerifyCode.INDEX_CHAIN
              : VerifyCode.INSUFFICIENT,
          e.failure().message());
    }
    String date = "index of " + listed.release().date();
    Origin.Debian file = origin(declared.source());
    Digest pinned = declared.source().sha256();
    @Nullable Digest digest = listed.content().get(file);
    if (digest == null) {
      return unavailable(
          index, VerifyCode.INDEX_CHAIN, "the " + date + " does not list it by SHA-256");
    }
    if (!digest.equals(pinned)) {
      throw VerifyCode.INDEX_CHAIN.failure(
          declared.source().file(),
          index + " lists " + file.file() + " with " + digest + ", but pinned is " + pinned);
    }
    List<String> notes = new ArrayList<>(List.of(date));
    listed.warning().ifPresent(notes::add);
    return new Finding(
        EvidenceResult.signed(KIND, index.toString(), listed.signatures(), Map.of(), notes),
        listed.signatures().best().code());
  }

  private static Finding unavailable(Index index, VerifyCode weakness, String note) {
    return Finding.without(KIND, index.toString(), Outcome.UNAVAILABLE, weakness, note);
  }

  private static Index index(DeclaredSource declared, Evidence.DebianArchive archive) {
    return Index.of(archive.suite(), origin(declared.source()));
  }

  /** Returns the file of Debian's archive that a source with such evidence is. */
  static Origin.Debian origin(Source source) {
    // The recipe's reader refuses such evidence without one.
    return source.debianOrigin().orElseThrow();
  }

  /** Returns what an index lists; the first thread that asks reads it, and the others wait. */
  private SignedIndex<Map<Origin.Debian, Digest>> lookup(Index index) throws IOException {
    FutureTask<SignedIndex<Map<Origin.Debian, Digest>>> lookup = lookups.get(index);
    if (lookup == null) {
      throw new IllegalStateException("Not prepared: " + index);
    }
    lookup.run();
    return Workers.result("verify", lookup);
  }
}
