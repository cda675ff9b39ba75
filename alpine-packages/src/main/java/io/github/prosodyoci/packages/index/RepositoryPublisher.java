package io.github.prosodyoci.packages.index;

import io.github.prosodyoci.core.AtomicFiles;
import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.packages.PackageCode;
import io.github.prosodyoci.packages.apk.Apk;
import io.github.prosodyoci.packages.apk.Signer;
import io.github.prosodyoci.packages.apk.TrustedKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Adds packages to a folder that a web server may serve as it is, and any Alpine machine use: a
 * folder with packages and signed index for each architecture, and the public key. Readers never
 * see an index that names a package which is not there yet.
 */
public final class RepositoryPublisher {

  private static final String INDEX = "APKINDEX.tar.gz";
  private static final String KEYS = "keys";

  private final Path repository;
  private final Signer signer;

  /**
   * What was published for one architecture.
   *
   * @param added how many packages are new in the repository
   * @param listed how many packages its index lists now
   */
  public record Published(int added, int listed) {}

  /**
   * Creates a publisher.
   *
   * @param repository the folder to publish to; what it has already stays
   * @param signer signs the indexes; it must be the one that signed the packages
   */
  public RepositoryPublisher(Path repository, Signer signer) {
    this.repository = repository;
    this.signer = signer;
  }

  /**
   * Publishes packages.
   *
   * @param packages a folder that holds a folder with packages for each architecture
   * @param description what the repository is, one line of at most 160 bytes
   * @return what was published, by architecture
   * @throws IOException if a package cannot be read, or the repository not be written
   * @throws FailureException if there is no package; if one is not signed by the key; or if it
   *     differs from the one of this version that is published already ({@code apk-identity})
   */
  public Map<String, Published> publish(Path packages, String description) throws IOException {
    Map<String, Published> published = new TreeMap<>();
    for (Path folder : list(packages)) {
      String architecture = String.valueOf(folder.getFileName());
      List<Path> files = packagesIn(folder);
      if (!files.isEmpty()) {
        published.put(architecture, publish(architecture, files, description));
      }
    }
    if (published.isEmpty()) {
      throw Failure.of(
              CommonCode.CONFIGURATION,
              "publish",
              "packages",
              packages + " holds no folder with packages, such as " + packages.resolve("x86_64"))
          .advising("Run prosody-compile:packages before, or name another folder.")
          .toException();
    }
    byte[] key = signer.publicKeyPem().getBytes(StandardCharsets.UTF_8);
    AtomicFiles.write(repository.resolve(KEYS).resolve(signer.keyName()), out -> out.write(key));
    return published;
  }

  private Published publish(String architecture, List<Path> files, String description)
      throws IOException {
    Path folder = repository.resolve(architecture);
    TrustedKeys keys = TrustedKeys.of(signer);
    List<Path> missing = new ArrayList<>();
    for (Path file : files) {
      Apk apk = Apk.read(file, keys);
      apk.verify();
      Path target = folder.resolve(apk.info().fileName());
      if (!Files.exists(target)) {
        missing.add(file);
      } else if (!Apk.read(target).identity().equals(apk.identity())) {
        throw Failure.of(
                PackageCode.APK_IDENTITY,
                "publish",
                file.toString(),
                target + " is published already, and is another package of the same version")
            .advising(
                "Machines that have it would not get the new one: raise the recipe's release.")
            .toException();
      }
    }
    for (Path file : missing) {
      Path target = folder.resolve(Apk.read(file).info().fileName());
      AtomicFiles.write(target, out -> Files.copy(file, out));
    }
    List<IndexEntry> listed =
        new IndexWriter(signer)
            .write(folder.resolve(INDEX), architecture, packagesIn(folder), description);
    return new Published(missing.size(), listed.size());
  }

  private static List<Path> packagesIn(Path folder) throws IOException {
    return list(folder).stream()
        .filter(file -> file.toString().endsWith(".apk"))
        .filter(file -> Files.isRegularFile(file))
        .toList();
  }

  private static List<Path> list(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }
}
