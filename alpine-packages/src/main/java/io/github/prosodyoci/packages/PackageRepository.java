package io.github.prosodyoci.packages;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.packages.apk.Apk;
import io.github.prosodyoci.packages.apk.TrustedKeys;
import io.github.prosodyoci.packages.index.IndexEntry;
import io.github.prosodyoci.packages.index.IndexReader;
import io.github.prosodyoci.packages.resolve.ApkRules;
import io.github.prosodyoci.packages.resolve.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A repository whose packages are at hand, and found to be signed by a trusted key.
 *
 * @param packages its packages, as its index lists them
 * @param files where the packages' files are
 * @param index the digest of its index
 */
public record PackageRepository(Repository packages, PackageFiles files, Digest index) {

  /** Knows where packages are. */
  @FunctionalInterface
  public interface PackageFiles {
    /** Returns where a package is; the file need not exist. */
    Path find(IndexEntry entry);
  }

  private static final String INDEX = "APKINDEX.tar.gz";

  /**
   * Reads the index of a repository that was made here.
   *
   * @param location what to call the repository
   * @param tag the tag that world entries name it by; empty for an ordinary repository
   * @param folder the folder that holds a folder for each architecture
   * @throws IOException if the index cannot be read
   * @throws FailureException if there is no index, if a record in it is damaged, or no trusted key
   *     has signed it
   */
  public static PackageRepository open(
      String location, String tag, Path folder, Platform platform, TrustedKeys keys)
      throws IOException {
    return open(
        location,
        tag,
        folder,
        platform,
        keys,
        failure -> {
          throw failure;
        });
  }

  /**
   * Reads the index of a repository.
   *
   * @param location what to call the repository
   * @param tag the tag that world entries name it by; empty for an ordinary repository
   * @param folder the folder that holds a folder for each architecture
   * @param unusable is shown why a package is left out, whose record in the index is damaged
   * @throws IOException if the index cannot be read
   * @throws FailureException if there is no index, or no trusted key has signed it
   */
  public static PackageRepository open(
      String location,
      String tag,
      Path folder,
      Platform platform,
      TrustedKeys keys,
      Consumer<FailureException> unusable)
      throws IOException {
    Path packages = folder.resolve(platform.apkArchitecture());
    Path index = packages.resolve(INDEX);
    if (!Files.isRegularFile(index)) {
      throw Failure.of(
              CommonCode.CONFIGURATION, "use", "the repository " + location, "there is no " + index)
          .advising("Run prosody-compile:packages before, or correct the repository's location.")
          .toException();
    }
    return new PackageRepository(
        new Repository(location, tag, IndexReader.read(index, keys, unusable)),
        entry -> packages.resolve(entry.info().fileName()),
        Digest.of(index));
  }

  /**
   * Returns a package, after checking that its control part is the one that the index vouches for.
   *
   * @throws IOException if the file cannot be read
   * @throws FailureException if the file is missing, or another package ({@code apk-identity})
   */
  public Apk open(IndexEntry entry) throws IOException {
    Path file = files.find(entry);
    if (!Files.isRegularFile(file)) {
      throw Failure.of(
              PackageCode.APK_IDENTITY,
              "install",
              entry.info().nameVersion(),
              "the index of " + packages.location() + " lists it, but there is no " + file)
          .advising("Build or fetch the repository again.")
          .toException();
    }
    return Apk.read(file, entry.identity(), entry.info().nameVersion());
  }

  /** Returns this repository with the rules of the apk that it is made for. */
  public PackageRepository withRules(ApkRules rules) {
    return new PackageRepository(packages.withRules(rules), files, index);
  }

  /** Returns this repository without some packages, named by themselves or by their origin. */
  public PackageRepository without(Set<String> names) {
    return new PackageRepository(packages.without(names), files, index);
  }
}
