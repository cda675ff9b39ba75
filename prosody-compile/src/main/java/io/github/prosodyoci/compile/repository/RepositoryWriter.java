package io.github.prosodyoci.compile.repository;

import io.github.prosodyoci.compile.build.NodeResult;
import io.github.prosodyoci.compile.report.PackagesReport;
import io.github.prosodyoci.compile.source.VerifiedCopy;
import io.github.prosodyoci.compile.split.BuiltPackage;
import io.github.prosodyoci.core.AtomicFiles;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.EarlierReport;
import io.github.prosodyoci.core.Fingerprint;
import io.github.prosodyoci.core.Folders;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.packages.apk.Signer;
import io.github.prosodyoci.packages.index.IndexWriter;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.Recipe;
import io.github.prosodyoci.recipe.SecurityStatement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Writes built packages as a repository: {@code packages/<arch>/*.apk} with a signed {@code
 * APKINDEX.tar.gz}, {@code packages/keys/} and a report. Files that are up to date are not written
 * again; packages that no recipe makes any more are removed.
 */
public final class RepositoryWriter {

  private static final String INDEX = "APKINDEX.tar.gz";

  private final Path output;
  private final Signer signer;
  private final Digest code;
  private final Consumer<String> warnings;

  /**
   * Creates a writer.
   *
   * @param output the folder that gets {@code packages/}
   * @param code the digest of the running code; what other code signed is signed again
   * @param warnings receives the reason if an existing report is not used
   */
  public RepositoryWriter(Path output, Signer signer, Digest code, Consumer<String> warnings) {
    this.output = output;
    this.signer = signer;
    this.code = code;
    this.warnings = warnings;
  }

  /**
   * Writes the repository of one platform.
   *
   * @param reportFile the report to write, such as {@code target/packages.json}
   * @param results what was built; packages for another platform are ignored
   * @param root what the steps ran with
   * @return the report, as it was written
   * @throws IOException if something cannot be read or written; the report is then unchanged
   */
  public PackagesReport write(
      Platform platform, Path reportFile, List<NodeResult> results, PackagesReport.Root root)
      throws IOException {
    Path folder = output.resolve("packages").resolve(platform.apkArchitecture());
    Optional<PackagesReport> before =
        EarlierReport.read(reportFile, PackagesReport.class, warnings);
    String key = "packages/keys/" + signer.keyName();
    byte[] publicKey = signer.publicKeyPem().getBytes(StandardCharsets.UTF_8);
    Map<String, PackagesReport.Output> known = new HashMap<>();
    Digest signing =
        new Fingerprint()
            .add("code", code)
            .add("name", key)
            .add("key", Digest.of(publicKey))
            .digest();
    boolean sameSigning = before.isPresent() && signing.equals(before.get().signing());
    if (sameSigning) {
      for (PackagesReport.Built built : before.get().recipes()) {
        built.packages().forEach(each -> known.put(each.file(), each));
      }
    }
    Files.createDirectories(folder);
    boolean changed = removeStale(folder, results, platform) || !sameSigning;
    List<PackagesReport.Built> recipes = new ArrayList<>();
    List<Path> files = new ArrayList<>();
    for (NodeResult result : results) {
      if (result.node().platform() == platform) {
        List<PackagesReport.Output> outputs = new ArrayList<>();
        for (BuiltPackage each : result.packages()) {
          Path file = folder.resolve(each.file());
          PackagesReport.Output old = known.get(each.file());
          if (old == null || !old.content().equals(each.digest()) || !isIntact(file, old)) {
            sign(result.folder().resolve(each.file()), each.digest(), file);
            old =
                new PackagesReport.Output(
                    each.name(),
                    each.version(),
                    each.file(),
                    Files.size(file),
                    Digest.of(file),
                    each.digest());
            changed = true;
          }
          outputs.add(old);
          files.add(file);
        }
        recipes.add(built(result, outputs));
      }
    }
    Path index = folder.resolve(INDEX);
    Optional<Digest> oldIndex = before.map(PackagesReport::index);
    if (changed
        || oldIndex.isEmpty()
        || !Files.exists(index)
        || !Digest.of(index).equals(oldIndex.get())) {
      new IndexWriter(signer).write(index, files, "Built by Prosody OCI from verified source");
    }
    writeKey(publicKey);
    PackagesReport report =
        new PackagesReport(
            platform,
            signing,
            relative(reportFile, folder),
            Digest.of(index),
            relative(reportFile, output.resolve(key)),
            Digest.of(publicKey),
            root,
            recipes);
    if (!before.equals(Optional.of(report))) {
      Json.write(reportFile, report);
    }
    return report;
  }

  /** Returns the path of a file relative to the report's folder, with slashes. */
  private static String relative(Path reportFile, Path file) {
    Path report = reportFile.toAbsolutePath().normalize();
    return report
        .resolveSibling("")
        .relativize(file.toAbsolutePath().normalize())
        .toString()
        .replace(file.getFileSystem().getSeparator(), "/");
  }

  /** Signs what the cache vouches for, whatever happens to the cached file meanwhile. */
  private void sign(Path cached, Digest expected, Path signed) throws IOException {
    Path unsigned = signed.resolveSibling("." + signed.getFileName() + ".unsigned");
    Files.deleteIfExists(unsigned);
    try {
      VerifiedCopy.of(cached, unsigned, expected).close();
      signer.sign(unsigned, signed);
    } finally {
      Files.deleteIfExists(unsigned);
    }
  }

  private static boolean isIntact(Path file, PackagesReport.Output expected) throws IOException {
    return Files.isRegularFile(file)
        && Files.size(file) == expected.size()
        && Digest.of(file).equals(expected.digest());
  }

  private static PackagesReport.Built built(
      NodeResult result, List<PackagesReport.Output> outputs) {
    Recipe recipe = result.node().recipe();
    return new PackagesReport.Built(
        recipe.name(),
        recipe.packageVersion(),
        recipe.url(),
        recipe.license(),
        recipe.cpe().orElse(null),
        result.key(),
        recipe.sourcesFor(result.node().platform().apkArchitecture()).stream()
            .map(DeclaredSource::source)
            .map(
                source ->
                    new PackagesReport.Input(
                        source.file(), source.sha256(), source.origins().get(0).toString()))
            .toList(),
        recipe.patches().stream()
            .map(patch -> new PackagesReport.Patch(patch, recipe.sideFiles().get(patch)))
            .toList(),
        outputs,
        recipe.security().stream()
            .filter(statement -> statement.isAbout(result.node().platform()))
            .map(RepositoryWriter::statement)
            .toList());
  }

  private static PackagesReport.Statement statement(SecurityStatement statement) {
    return new PackagesReport.Statement(
        statement.cve(),
        statement.status().text(),
        statement.by(),
        statement.reason().map(SecurityStatement.Reason::text).orElse(null),
        statement.note());
  }

  private void writeKey(byte[] publicKey) throws IOException {
    Path keys = output.resolve("packages").resolve("keys");
    Path file = keys.resolve(signer.keyName());
    for (Path other : Folders.list(keys)) {
      if (!other.equals(file)) {
        Files.delete(other);
      }
    }
    if (!Files.exists(file) || !Digest.of(file).equals(Digest.of(publicKey))) {
      AtomicFiles.write(file, out -> out.write(publicKey));
    }
  }

  private static boolean removeStale(Path folder, List<NodeResult> results, Platform platform)
      throws IOException {
    Set<String> wanted = new HashSet<>(Set.of(INDEX));
    for (NodeResult result : results) {
      if (result.node().platform() == platform) {
        result.packages().forEach(each -> wanted.add(each.file()));
      }
    }
    boolean removed = false;
    for (Path file : Folders.list(folder)) {
      if (!wanted.contains(file.getFileName().toString())) {
        Files.delete(file);
        removed = true;
      }
    }
    return removed;
  }
}
