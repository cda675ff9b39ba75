package io.github.prosodyoci.compile.buildroot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.compile.report.PackagesReport;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Place;
import io.github.prosodyoci.fetch.store.ContentStore;
import io.github.prosodyoci.recipe.BuildRootSpec;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.recipe.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootInventoryTest {

  @TempDir private Path folder;

  @Test
  void of_packageThatAnEarlierBuildDescribed_isNotRead() throws IOException {
    Source dash = source("dash.deb", "dash");
    PackagesReport.RootPackage known =
        new PackagesReport.RootPackage("dash.deb", "dash", "0.5.12-2", "amd64", dash.sha256());

    PackagesReport.Root root = inventory(List.of(dash), List.of(known));

    assertThat(root.packages()).containsExactly(known);
    assertThat(root.digest()).isEqualTo(BuildRootUnpacker.digest(List.of(dash)));
  }

  @Test
  void of_otherContentOrOtherName_isRead() {
    Source dash = source("dash.deb", "dash");
    for (PackagesReport.RootPackage known :
        List.of(
            new PackagesReport.RootPackage(
                "dash.deb", "dash", "0.5.12-2", "amd64", Digest.of("other".getBytes(UTF_8))),
            new PackagesReport.RootPackage(
                "other.deb", "dash", "0.5.12-2", "amd64", dash.sha256()))) {
      assertThatExceptionOfType(FailureException.class)
          .isThrownBy(() -> inventory(List.of(dash), List.of(known)))
          .extracting(e -> e.failures().get(0).code())
          .isEqualTo(CompileCode.SOURCE_MISSING);
    }
  }

  private PackagesReport.Root inventory(
      List<Source> packages, List<PackagesReport.RootPackage> known) throws IOException {
    Place where = new Place(folder.resolve("build-root.yaml"), 1);
    return RootInventory.of(
        new BuildRootSpec("root", "1", List.of(), where),
        packages,
        new ContentStore(folder.resolve("cache")),
        known);
  }

  private Source source(String file, String content) {
    return new Source(
        file, Digest.of(content.getBytes(UTF_8)), List.of(Origin.parse("file:" + file, folder)));
  }
}
