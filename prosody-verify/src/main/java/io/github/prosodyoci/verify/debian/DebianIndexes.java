package io.github.prosodyoci.verify.debian;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.fetch.DebianArchive;
import io.github.prosodyoci.fetch.FetchException;
import io.github.prosodyoci.fetch.FetchedSource;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.verify.VerifyException;
import io.github.prosodyoci.verify.VerifyException.Code;
import io.github.prosodyoci.verify.openpgp.ClearSigned;
import io.github.prosodyoci.verify.openpgp.SignatureReport;
import io.github.prosodyoci.verify.openpgp.SignatureVerifier;
import io.github.prosodyoci.verify.openpgp.TrustFolder;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Clock;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/** Follows the chain of Debian's archive: pinned key, {@code InRelease}, index, a file's digest. */
public final class DebianIndexes {

  private static final long MAX_INDEX = 2L << 30;
  private static final int XZ_MEMORY_KIB = 128 << 10;

  /**
   * An index of a suite.
   *
   * @param path as the {@code InRelease} lists it
   */
  public record Index(String suite, String path) {

    /** Returns the index that lists a file: of sources, or of a {@code .deb}'s architecture. */
    public static Index of(String suite, Origin.Debian file) {
      String name = file.file();
      if (!name.endsWith(".deb")) {
        return new Index(suite, "main/source/Sources.xz");
      }
      String architecture =
          name.substring(name.lastIndexOf('_') + 1, name.length() - ".deb".length());
      // What is for all architectures is listed with each of them.
      return new Index(
          suite,
          "main/binary-" + (architecture.equals("all") ? "amd64" : architecture) + "/Packages.xz");
    }

    @Override
    public String toString() {
      return "Debian " + suite + ", " + path;
    }
  }

  /**
   * What an index says.
   *
   * @param signatures those of the {@code InRelease}
   * @param release the {@code InRelease}
   * @param digests the wanted files that it lists
   * @param forgotten a note, if its date could not be remembered
   */
  public record Listing(
      SignatureReport signatures,
      Release release,
      Map<Origin.Debian, Digest> digests,
      Optional<String> forgotten) {}

  private record SignedRelease(SignatureReport signatures, Release release, boolean remembered) {}

  private final DebianArchive archive;
  private final TrustFolder trust;
  private final SignatureVerifier verifier;
  private final LastSeen lastSeen;
  private final Clock clock;
  private final ConcurrentMap<String, SignedRelease> releases = new ConcurrentHashMap<>();

  /** Creates the chain; the clock tells which indexes are out of date. */
  public DebianIndexes(
      DebianArchive archive,
      TrustFolder trust,
      SignatureVerifier verifier,
      LastSeen lastSeen,
      Clock clock) {
    this.archive = archive;
    this.trust = trust;
    this.verifier = verifier;
    this.lastSeen = lastSeen;
    this.clock = clock;
  }

  /**
   * What a signed index says about something else than files.
   *
   * @param signatures those of the {@code InRelease}
   * @param release the {@code InRelease}
   * @param content what was read in the index
   * @param remembered whether no mirror gave the {@code InRelease}, so that it is the copy kept
   *     from an earlier build
   * @param forgotten a note, if its date could not be remembered
   */
  public record Reading<T>(
      SignatureReport signatures,
      Release release,
      T content,
      boolean remembered,
      Optional<String> forgotten) {}

  /** Reads an index, unpacked. */
  @FunctionalInterface
  public interface Reader<T> {
    /** Returns what is wanted of it. */
    T read(InputStream text) throws IOException;
  }

  /**
   * Looks files up in an index.
   *
   * @throws VerifyException if a link of the chain does not hold
   * @throws FetchException if the {@code InRelease} or the index cannot be had
   * @throws IOException if a file of the cache cannot be read
   */
  public Listing look(Index index, Collection<Origin.Debian> files) throws IOException {
    Reading<Map<Origin.Debian, Digest>> reading =
        read(index, text -> IndexScanner.scan(text, files, index.path().contains("/binary-")));
    return new Listing(
        reading.signatures(), reading.release(), reading.content(), reading.forgotten());
  }

  /**
   * Reads an index.
   *
   * @throws VerifyException if a link of the chain does not hold
   * @throws FetchException if the {@code InRelease} or the index cannot be had
   * @throws IOException if a file of the cache cannot be read
   */
  public <T> Reading<T> read(Index index, Reader<T> reader) throws IOException {
    SignedRelease signed;
    try {
      signed = releases.computeIfAbsent(index.suite(), this::release);
    } catch (VerifyException e) {
      throw e.about("Debian's suite " + index.suite());
    }
    Optional<String> forgotten = lastSeen.remember(index.suite(), signed.release().date());
    Release.Entry entry = signed.release().indexes().get(index.path());
    if (entry == null) {
      throw new VerifyException(
          Code.INDEX_CHAIN, "Debian's suite " + index.suite(), "it has no " + index.path());
    }
    FetchedSource fetched = archive.index(index.suite(), index.path(), entry.sha256());
    if (fetched.size() != entry.size()) {
      throw new VerifyException(
          Code.INDEX_CHAIN,
          index.toString(),
          "it has " + fetched.size() + " bytes; the InRelease says " + entry.size());
    }
    try (InputStream file = Files.newInputStream(fetched.path());
        InputStream text = new Bounded(unpack(file))) {
      return new Reading<>(
          signed.signatures(), signed.release(), reader.read(text), signed.remembered(), forgotten);
    } catch (VerifyException e) {
      throw e.about(index.toString());
    } catch (IOException e) {
      throw new VerifyException(
          Code.INDEX_CHAIN, index.toString(), "it cannot be unpacked: " + e.getMessage(), e);
    }
  }

  private static InputStream unpack(InputStream file) throws IOException {
    // The file's SHA-256 was checked; xz's own checks would say nothing new, and cost time.
    return new XZInputStream(new BufferedInputStream(file, 1 << 16), XZ_MEMORY_KIB, false);
  }

  private SignedRelease release(String suite) {
    Attempt attempt = new Attempt(suite);
    boolean remembered;
    try {
      remembered = archive.inRelease(suite, attempt::refusal).remembered();
    } catch (FetchException e) {
      if (attempt.refused != null) {
        throw attempt.refused;
      }
      throw e;
    }
    if (attempt.accepted == null) {
      throw new IllegalStateException("An accepted document was examined");
    }
    SignedRelease accepted = attempt.accepted;
    return new SignedRelease(accepted.signatures(), accepted.release(), remembered);
  }

  /** Examines the copies of one suite's {@code InRelease}, until one will do. */
  private final class Attempt {
    private final String suite;
    private @Nullable SignedRelease accepted;
    private @Nullable VerifyException refused;

    Attempt(String suite) {
      this.suite = suite;
    }

    Optional<String> refusal(byte[] document) {
      try {
        ClearSigned message = ClearSigned.split(document);
        SignatureReport signatures = verifier.clearSigned(message, trust.suite(suite));
        signatures.good();
        Release release = Release.parse(message.text());
        release.check(suite, clock.instant(), lastSeen.find(suite));
        accepted = new SignedRelease(signatures, release, false);
        return Optional.empty();
      } catch (VerifyException e) {
        if (e.code() == Code.TRUST) {
          throw e;
        }
        refused = e;
        return Optional.of(e.reason() + " (" + e.code() + ")");
      }
    }
  }

  /** Ends what unpacks to more than any index has. */
  private static final class Bounded extends FilterInputStream {
    private long total;

    Bounded(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int count = super.read(buffer, offset, length);
      total += Math.max(count, 0);
      if (total > MAX_INDEX) {
        throw new IOException("larger than " + MAX_INDEX + " bytes");
      }
      return count;
    }
  }
}
