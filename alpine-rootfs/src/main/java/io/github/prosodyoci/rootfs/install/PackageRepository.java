package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.archive.Digest;
import io.github.prosodyoci.archive.Platform;
import io.github.prosodyoci.rootfs.RootfsException;
import io.github.prosodyoci.rootfs.RootfsException.Code;
import io.github.prosodyoci.rootfs.apk.Apk;
import io.github.prosodyoci.rootfs.apk.TrustedKeys;
import io.github.prosodyoci.rootfs.index.IndexEntry;
import io.github.prosodyoci.rootfs.index.IndexReader;
import io.github.prosodyoci.rootfs.resolve.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A repository on disk, whose index was found to be signed by a trusted key.
 *
 * @param packages its packages, as its index lists them
 * @param folder the folder that holds the packages' files
 * @param index the digest of its index
 */
public record PackageRepository(Repository packages, Path folder, Digest index) {

  private static final String INDEX = "APKINDEX.tar.gz";

  /**
   * Reads the index of a repository.
   *
   * @param location what to call the repository
   * @param tag the tag that world entries name it by; empty for an ordinary repository
   * @param folder the folder that holds a folder for each architecture
   * @throws IOException if the index cannot be read
   * @throws RootfsException if there is no index, or no trusted key has signed it
   */
  public static PackageRepository open(
      String location, String tag, Path folder, Platform platform, TrustedKeys keys)
      throws IOException {
    Path packages = folder.resolve(platform.apkArchitecture());
    Path index = packages.resolve(INDEX);
    if (!Files.isRegularFile(index)) {
      throw new RootfsException(
          Code.CONFIGURATION,
          "Could not use the repository "
              + location
              + ": there is no "
              + index
              + ". Run prosody-compile:packages before, or correct the repository's location.");
    }
    return new PackageRepository(
        new Repository(location, tag, IndexReader.read(index, keys)), packages, Digest.of(index));
  }

  /**
   * Returns a package, after checking that its control part is the one that the index vouches for.
   *
   * @throws IOException if the file cannot be read
   * @throws RootfsException if the file is missing, or another package ({@code apk-identity})
   */
  Apk open(IndexEntry entry) throws IOException {
    Path file = folder.resolve(entry.info().fileName());
    if (!Files.isRegularFile(file)) {
      throw new RootfsException(
          Code.APK_IDENTITY,
          "Could not install "
              + entry.info().nameVersion()
              + ": the index of "
              + packages.location()
              + " lists it, but there is no "
              + file
              + ". Build or fetch the repository again.");
    }
    Apk apk = Apk.read(file);
    if (!apk.identity().equals(entry.identity())) {
      throw new RootfsException(
          Code.APK_IDENTITY,
          "Could not trust "
              + file
              + ": the signed index of "
              + packages.location()
              + " names the package with checksum "
              + entry.identity()
              + ", but this file's is "
              + apk.identity()
              + ". Build or fetch the repository again.");
    }
    return apk;
  }
}
