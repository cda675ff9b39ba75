package io.github.prosodyoci.verify;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.recipe.yaml.YamlMap;
import io.github.prosodyoci.recipe.yaml.YamlNode;
import io.github.prosodyoci.verify.openpgp.Certificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of certificates that a project trusts: {@code *.asc} files, and {@code trust.yaml},
 * which may pin each file by its SHA-256 and says which keys sign which suite of Debian's archive.
 *
 * <pre>{@code
 * certificates:
 *   - file: debian-archive-trixie-automatic.asc
 *     sha256: 0123…
 *     from: package debian-archive-keyring 2025.1
 * suites:
 *   trixie: [04B54C3CDCA79751B16BC6B5225629DF75B188BD]
 * }</pre>
 */
public final class TrustFolder {

  private static final Pattern CERTIFICATE_FILE = Pattern.compile(".+\\.(asc|gpg|pgp)");
  private static final String DESCRIPTION = "trust.yaml";

  private final Path folder;
  private final SortedMap<Path, byte[]> contents;
  private final SortedMap<String, List<String>> suites;
  private final SortedMap<String, Digest> files;
  private @Nullable SortedMap<String, Certificate> certificates;

  private TrustFolder(
      Path folder,
      SortedMap<Path, byte[]> contents,
      SortedMap<String, List<String>> suites,
      SortedMap<String, Digest> files) {
    this.folder = folder;
    this.contents = contents;
    this.suites = suites;
    this.files = files;
  }

  /**
   * Reads a folder; one that does not exist is empty. The certificates are parsed when one of them
   * is first asked for: whether a result is up to date depends on their digests alone.
   *
   * @throws FailureException with {@link VerifyCode#TRUST} if trust.yaml is not what it should be,
   *     or {@link VerifyCode#PIN_MISMATCH} if the digest of a file is not the one pinned
   * @throws IOException if a file cannot be read
   */
  public static TrustFolder read(Path folder) throws IOException {
    SortedMap<Path, byte[]> contents = new TreeMap<>();
    SortedMap<String, Digest> files = new TreeMap<>();
    for (Path file : certificateFiles(folder)) {
      byte[] bytes = Files.readAllBytes(file);
      contents.put(file, bytes);
      files.put(file.getFileName().toString(), Digest.of(bytes));
    }
    SortedMap<String, List<String>> suites = new TreeMap<>();
    Path description = folder.resolve(DESCRIPTION);
    if (Files.exists(description)) {
      YamlMap map = YamlMap.read(description).rejectUnknown(Set.of("certificates", "suites"));
      pins(map, files);
      map.optionalMap("suites").ifPresent(entries -> readSuites(entries, suites));
      files.put(DESCRIPTION, Digest.of(description));
    }
    return new TrustFolder(folder, contents, suites, files);
  }

  private static List<Path> certificateFiles(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> inside = Files.list(folder)) {
      return inside
          .filter(file -> CERTIFICATE_FILE.matcher(file.getFileName().toString()).matches())
          .sorted()
          .toList();
    }
  }

  private synchronized SortedMap<String, Certificate> certificates() {
    if (certificates == null) {
      SortedMap<String, Certificate> parsed = new TreeMap<>();
      contents.forEach(
          (file, bytes) -> {
            for (Certificate certificate : parse(file, bytes)) {
              if (parsed.put(certificate.fingerprint(), certificate) != null) {
                throw VerifyCode.TRUST.failure(
                    "the certificate " + file,
                    "another file holds " + certificate.fingerprint() + " too");
              }
            }
          });
      certificates = parsed;
    }
    return certificates;
  }

  private static List<Certificate> parse(Path file, byte[] bytes) {
    try {
      return Certificate.readAll(bytes);
    } catch (FailureException e) {
      throw e.about("verify", "the certificate " + file);
    }
  }

  private static void pins(YamlMap map, Map<String, Digest> found) {
    Set<String> pinned = new HashSet<>();
    for (YamlMap entry : map.maps("certificates")) {
      entry.rejectUnknown(Set.of("file", "sha256", "from"));
      String file = entry.text("file");
      Digest digest = found.get(file);
      if (digest == null) {
        throw entry.error("file", "there is no certificate " + file + " in this folder");
      }
      if (!digest.hex().equals(entry.text("sha256"))) {
        throw VerifyCode.PIN_MISMATCH.failure(
            "the certificate " + file,
            entry.where() + " pins " + entry.text("sha256") + ", but it has " + digest.hex());
      }
      pinned.add(file);
    }
    for (Map.Entry<String, Digest> file : found.entrySet()) {
      if (map.find("certificates").isPresent() && !pinned.contains(file.getKey())) {
        throw VerifyCode.PIN_MISMATCH.failure(
            "the certificate " + file.getKey(),
            map.where("certificates") + " does not list it, with sha256 " + file.getValue().hex());
      }
    }
  }

  private static void readSuites(YamlMap map, Map<String, List<String>> suites) {
    for (String suite : map.keys()) {
      List<String> fingerprints = new ArrayList<>();
      for (YamlNode node : map.list(suite)) {
        fingerprints.add(node.text().toUpperCase(Locale.ROOT));
      }
      suites.put(suite, List.copyOf(fingerprints));
    }
  }

  /**
   * Returns the certificates with the fingerprints given.
   *
   * @throws FailureException with {@link VerifyCode#TRUST} if one is missing, or a file of the
   *     folder is not a certificate
   */
  public List<Certificate> certificates(List<String> fingerprints) {
    SortedMap<String, Certificate> known = certificates();
    List<Certificate> found = new ArrayList<>();
    for (String fingerprint : fingerprints) {
      Certificate certificate = known.get(fingerprint);
      if (certificate == null) {
        throw VerifyCode.TRUST.failure(
            "signatures",
            "the certificate of "
                + fingerprint
                + " is not among the "
                + known.size()
                + " in "
                + folder);
      }
      found.add(certificate);
    }
    return found;
  }

  /**
   * Returns the certificates whose keys sign a suite of Debian's archive.
   *
   * @throws FailureException with {@link VerifyCode#TRUST} if trust.yaml does not name the suite,
   *     or a certificate is missing
   */
  public List<Certificate> suite(String suite) {
    List<String> fingerprints = suites.get(suite);
    if (fingerprints == null || fingerprints.isEmpty()) {
      throw VerifyCode.TRUST.failure(
          "Debian's suite " + suite,
          folder.resolve(DESCRIPTION) + " does not name, under suites, the keys that sign it");
    }
    return certificates(fingerprints);
  }

  /** Returns the names of the suites of Debian's archive whose keys are known, sorted. */
  public List<String> suites() {
    return List.copyOf(suites.keySet());
  }

  /** Returns the digest of each file that trust rests on, by name. */
  public SortedMap<String, Digest> files() {
    return files;
  }
}
