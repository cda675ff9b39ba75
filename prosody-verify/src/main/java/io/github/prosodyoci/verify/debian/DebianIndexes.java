package io.github.prosodyoci.verify.debian;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.core.archive.LimitedStream;
import io.github.prosodyoci.fetch.FetchCode;
import io.github.prosodyoci.fetch.FetchedSource;
import io.github.prosodyoci.fetch.unpinned.DebianArchive;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.verify.VerifyCode;
import io.github.prosodyoci.verify.openpgp.Certificate;
import io.github.prosodyoci.verify.openpgp.ClearSigned;
import io.github.prosodyoci.verify.openpgp.SignatureReport;
import io.github.prosodyoci.verify.openpgp.SignatureVerifier;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * Follows the chain of Debian's archive (deb-repository format): pinned key, {@code InRelease},
 * index, a file's digest.
 */
public final class DebianIndexes {

  private static final long MAX_INDEX = 2L << 30;
  private static final int XZ_MEMORY_KIB = 128 << 10;

  /**
   * An index of a suite.
   *
   * @param path as the {@code InRelease} lists it
   */
  public record Index(String suite, String path) {

    /** Returns a suite's index of source packages. */
    public static Index ofSources(String suite) {
      return new Index(suite, "main/source/Sources.xz");
    }

    /** Returns the index that lists a file: of sources, or of a {@code .deb}'s architecture. */
    public static Index of(String suite, Origin.Debian file) {
      String name = file.file();
      if (!name.endsWith(".deb")) {
        return ofSources(suite);
      }
      String architecture =
          name.substring(name.lastIndexOf('_') + 1, name.length() - ".deb".length());
      // What is for all architectures is listed with each of them.
      return new Index(
          suite,
          "main/binary-" + (architecture.equals("all") ? "amd64" : architecture) + "/Packages.xz");
    }

    private boolean isOfBinaries() {
      return path.contains("/binary-");
    }

    @Override
    public String toString() {
      return "Debian " + suite + ", " + path;
    }
  }

  /**
   * What was read in an index, and who signed it.
   *
   * @param signatures those of the {@code InRelease}
   * @param release the {@code InRelease}
   * @param content what was read in the index
   * @param kept whether no mirror served the {@code InRelease}, so that it is the copy kept from an
   *     earlier build
   * @param warning that the date of the {@code InRelease} could not be recorded
   */
  public record SignedIndex<T>(
      SignatureReport signatures,
      Release release,
      T content,
      boolean kept,
      Optional<String> warning) {}

  private record SignedRelease(SignatureReport signatures, Release release, boolean kept) {}

  private final DebianArchive archive;
  private final Function<String, List<Certificate>> trusted;
  private final SignatureVerifier verifier;
  private final LastSeen lastSeen;
  private final Clock clock;
  private final ConcurrentMap<String, SignedRelease> releases = new ConcurrentHashMap<>();

  /**
   * Creates the chain; the clock decides which indexes are out of date.
   *
   * @param trusted returns the keys that are trusted for a suite
   */
  public DebianIndexes(
      DebianArchive archive,
      Function<String, List<Certificate>> trusted,
      SignatureVerifier verifier,
      LastSeen lastSeen,
      Clock clock) {
    this.archive = archive;
    this.trusted = trusted;
    this.verifier = verifier;
    this.lastSeen = lastSeen;
    this.clock = clock;
  }

  /** Reads an unpacked index. */
  @FunctionalInterface
  public interface Reader<T> {
    /** Returns what the caller needs of it. */
    T read(InputStream text) throws IOException;
  }

  /**
   * Returns the digests of those files that an index lists; throws as {@link #read} does.
   *
   * @throws IOException if a file of the cache cannot be read
   */
  public SignedIndex<Map<Origin.Debian, Digest>> digests(
      Index index, Collection<Origin.Debian> files) throws IOException {
    return read(index, text -> IndexScanner.scan(text, files, index.isOfBinaries()));
  }

  /**
   * Reads an index.
   *
   * @throws FailureException with a {@link VerifyCode} if a link of the chain does not hold
   * @throws FailureException if the {@code InRelease} or the index cannot be fetched
   * @throws IOException if a file of the cache cannot be read
   */
  public <T> SignedIndex<T> read(Index index, Reader<T> reader) throws IOException {
    String suite = "Debian's suite " + index.suite();
    SignedRelease signed;
    try {
      signed = releases.computeIfAbsent(index.suite(), this::release);
    } catch (FailureException e) {
      throw VerifyCode.isCodeOf(e) ? e.about("verify", suite) : e;
    }
    Optional<String> warning = lastSeen.record(index.suite(), signed.release().date());
    Release.Entry entry = signed.release().indexes().get(index.path());
    if (entry == null) {
      throw VerifyCode.INDEX_CHAIN.failure(suite, "it has no " + index.path());
    }
    FetchedSource fetched = archive.index(index.suite(), index.path(), entry.sha256());
    if (fetched.size() != entry.size()) {
      throw VerifyCode.INDEX_CHAIN.failure(
          index.toString(),
          "it has " + fetched.size() + " bytes; the InRelease says " + entry.size());
    }
    try (InputStream file = Files.newInputStream(fetched.path());
        InputStream text = new LimitedStream(unpack(file), MAX_INDEX)) {
      return new SignedIndex<>(
          signed.signatures(), signed.release(), reader.read(text), signed.kept(), warning);
    } catch (FailureException e) {
      throw e.about("verify", index.toString());
    } catch (IOException e) {
      if (FileFailures.isInterrupt(e)) {
        throw FileFailures.interrupted("verify", index.toString(), e);
      }
      throw VerifyCode.INDEX_CHAIN.failure(
          index.toString(), "it cannot be unpacked: " + Reasons.of(e), e);
    }
  }

  private static InputStream unpack(InputStream file) throws IOException {
    // The file's SHA-256 was checked; xz's own checks would add nothing but time.
    return new XZInputStream(new BufferedInputStream(file, 1 << 16), XZ_MEMORY_KIB, false);
  }

  private SignedRelease release(String suite) {
    Candidates candidates =
        new Candidates(suite, trusted.apply(suite), lastSeen.find(suite), clock.instant());
    boolean kept;
    try {
      kept = archive.inRelease(suite, candidates::refusal).remembered();
    } catch (FailureException e) {
      if (candidates.refused != null && FetchCode.isCodeOf(e)) {
        throw candidates.refused;
      }
      throw e;
    }
    if (candidates.accepted == null || candidates.release == null) {
      throw new IllegalStateException("An accepted document was examined");
    }
    return new SignedRelease(candidates.accepted, candidates.release, kept);
  }

  /** Examines the copies of one suite's {@code InRelease}, up to the first acceptable one. */
  private final class Candidates {
    private final String suite;
    private final List<Certificate> signers;
    private final Optional<Instant> newestSeen;
    private final Instant now;
    private @Nullable SignatureReport accepted;
    private @Nullable Release release;
    private @Nullable FailureException refused;

    Candidates(String suite, List<Certificate> signers, Optional<Instant> newestSeen, Instant now) {
      this.suite = suite;
      this.signers = signers;
      this.newestSeen = newestSeen;
      this.now = now;
    }

    Optional<String> refusal(byte[] document) {
      try {
        ClearSigned message = ClearSigned.split(document);
        SignatureReport signatures = verifier.clearSigned(message, signers);
        signatures.good();
        Release parsed = Release.parse(message.text());
        parsed.check(suite, now, newestSeen);
        accepted = signatures;
        release = parsed;
        return Optional.empty();
      } catch (FailureException e) {
        refused = e;
        return Optional.of(e.failure().reason());
      }
    }
  }
}
