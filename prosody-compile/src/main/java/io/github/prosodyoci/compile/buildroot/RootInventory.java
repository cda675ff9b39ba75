package io.github.prosodyoci.compile.buildroot;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.compile.report.PackagesReport;
import io.github.prosodyoci.compile.source.DebPackage;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.fetch.store.ContentStore;
import io.github.prosodyoci.recipe.BuildRootSpec;
import io.github.prosodyoci.recipe.Source;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Describes a build root for reports, by the control data of its packages (Debian policy, 5.3). */
public final class RootInventory {

  private RootInventory() {}

  /**
   * Returns a build root with its packages, in the order of its file.
   *
   * @param packages the packages for the machine that builds
   * @param store has their files
   * @param known what an earlier build found; only the files of other packages are read
   * @throws io.github.prosodyoci.core.FailureException if a package is missing, or damaged
   * @throws IOException if one cannot be read
   */
  public static PackagesReport.Root of(
      BuildRootSpec root,
      List<Source> packages,
      ContentStore store,
      Collection<PackagesReport.RootPackage> known)
      throws IOException {
    List<PackagesReport.RootPackage> described = new ArrayList<>();
    for (Source source : packages) {
      Optional<PackagesReport.RootPackage> before =
          known.stream()
              .filter(each -> each.sha256().equals(source.sha256()))
              .filter(each -> each.file().equals(source.file()))
              .findFirst();
      described.add(before.isPresent() ? before.get() : described(source, store));
    }
    return new PackagesReport.Root(
        root.name(), root.version(), BuildRootUnpacker.digest(packages), described);
  }

  private static PackagesReport.RootPackage described(Source source, ContentStore store)
      throws IOException {
    Path file =
        store
            .find(source.sha256())
            .orElseThrow(
                () ->
                    Failure.of(
                            CompileCode.SOURCE_MISSING,
                            "describe",
                            source.file(),
                            "the cache has no file " + source.sha256())
                        .toException());
    try (InputStream in = Files.newInputStream(file)) {
      DebPackage deb = DebPackage.open(in, source.file());
      return new PackagesReport.RootPackage(
          source.file(),
          field(deb, "Package", source),
          field(deb, "Version", source),
          field(deb, "Architecture", source),
          source.sha256());
    }
  }

  private static String field(DebPackage deb, String field, Source source) {
    return deb.field(field)
        .orElseThrow(
            () ->
                Failure.of(
                        CompileCode.BUILD_ROOT_PACKAGE,
                        "describe",
                        source.file(),
                        "its control data has no " + field)
                    .toException());
  }
}
