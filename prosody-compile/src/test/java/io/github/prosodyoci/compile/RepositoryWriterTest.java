package io.github.prosodyoci.compile;

import static io.github.prosodyoci.compile.Codes.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.compile.build.BuildGraph;
import io.github.prosodyoci.compile.build.NodeResult;
import io.github.prosodyoci.compile.cache.PackageCache;
import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.compile.report.PackagesReport;
import io.github.prosodyoci.compile.repository.RepositoryWriter;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Folders;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.packages.apk.Apk;
import io.github.prosodyoci.packages.apk.Signer;
import io.github.prosodyoci.packages.apk.TrustedKeys;
import io.github.prosodyoci.recipe.RecipeBook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The repository of one package that a build has left in the cache. */
@Tag("slow")
final class RepositoryWriterTest {

  private static final String APK = "hello-1.0-r0.apk";
  private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000);

  @TempDir private Path folder;
  private final List<String> warnings = new ArrayList<>();
  private Digest code = Digest.of(new byte[] {1});
  private Path output;
  private Path cached;
  private NodeResult result;

  @AfterEach
  void empty() throws IOException {
    // JUnit warns of each link that a cache holds.
    Folders.delete(folder);
    Files.createDirectory(folder);
  }

  @BeforeEach
  void buildPackage() throws Exception {
    Project project = new Project(folder.resolve("project"));
    project.recipe("hello", "mkdir \"$DESTDIR\"/etc; echo hello > \"$DESTDIR\"/etc/hello");
    Digest key = project.compile().reports().get(0).recipes().get(0).key();
    cached = project.cache.resolve("packages").resolve(key.hex());
    result =
        new NodeResult(
            new BuildGraph.Node(
                RecipeBook.read(List.of(project.recipes)).recipes().get(0), Platform.LINUX_AMD64),
            key,
            cached,
            Json.read(cached.resolve("manifest.json"), PackageCache.Entry.class).packages(),
            true);
    output = folder.resolve("output");
  }

  private PackagesReport write(String keyName, NodeResult... results) throws IOException {
    Path key = folder.resolve("project/test.rsa");
    return new RepositoryWriter(output, Signer.read(key, keyName), code, warnings::add)
        .write(
            Platform.LINUX_AMD64,
            output.resolve("packages.json"),
            List.of(results),
            new PackagesReport.Root("test", "1", code, List.of()));
  }

  private Path file(String name) {
    return output.resolve("packages/x86_64").resolve(name);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(output.resolve("packages/x86_64"))) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void write_package_isSignedAndIndexed() throws IOException {
    PackagesReport report = write("a.rsa.pub", result);

    Apk.read(file(APK), TrustedKeys.read(output.resolve("packages/keys"))).verify();
    PackagesReport.Output written = report.recipes().get(0).packages().get(0);
    assertThat(written.digest()).isEqualTo(Digest.of(file(APK)));
    assertThat(written.content()).isEqualTo(Digest.of(cached.resolve(APK)));
    assertThat(report.index()).isEqualTo(Digest.of(file("APKINDEX.tar.gz")));
    assertThat(names()).containsExactly("APKINDEX.tar.gz", APK);
    assertThat(Json.read(output.resolve("packages.json"), PackagesReport.class)).isEqualTo(report);
    assertThat(warnings).isEmpty();
  }

  @Test
  void write_cachedPackageSwappedAfterItWasChecked_stopsAndPublishesNothing() throws IOException {
    Files.writeString(cached.resolve(APK), "evil");

    assertFails(CompileCode.SOURCE_CHANGED, () -> write("a.rsa.pub", result))
        .hasMessageContaining("Could not use " + cached.resolve(APK))
        .hasMessageContaining("(source-changed)");
    assertThat(names()).isEmpty();
    assertThat(output.resolve("packages.json")).doesNotExist();
  }

  @Test
  void write_again_leavesWhatIsRightAlone() throws IOException {
    PackagesReport first = write("a.rsa.pub", result);
    List<Path> files = List.of(file(APK), file("APKINDEX.tar.gz"), output.resolve("packages.json"));
    for (Path each : files) {
      Files.setLastModifiedTime(each, LONG_AGO);
    }

    assertThat(write("a.rsa.pub", result)).isEqualTo(first);

    for (Path each : files) {
      assertThat(Files.getLastModifiedTime(each)).as(each.toString()).isEqualTo(LONG_AGO);
    }
  }

  @Test
  void write_signedPackageOrIndexDamaged_areWrittenAgain() throws IOException {
    PackagesReport first = write("a.rsa.pub", result);
    for (String name : List.of(APK, "APKINDEX.tar.gz")) {
      Digest before = Digest.of(file(name));
      Files.writeString(file(name), "rubbish");

      assertThat(write("a.rsa.pub", result)).isEqualTo(first);
      assertThat(Digest.of(file(name))).isEqualTo(before);
    }
  }

  @Test
  void write_otherKey_signsAgainAndRemovesTheOldKey() throws IOException {
    PackagesReport first = write("a.rsa.pub", result);

    PackagesReport second = write("b.rsa.pub", result);

    assertThat(second.index()).isNotEqualTo(first.index());
    assertThat(output.resolve("packages/keys/a.rsa.pub")).doesNotExist();
    Apk.read(file(APK), TrustedKeys.read(output.resolve("packages/keys"))).verify();
  }

  @Test
  void write_byOtherCode_signsAgain() throws IOException {
    PackagesReport first = write("a.rsa.pub", result);
    Files.setLastModifiedTime(file(APK), LONG_AGO);
    Files.setLastModifiedTime(file("APKINDEX.tar.gz"), LONG_AGO);
    code = Digest.of(new byte[] {2});

    PackagesReport second = write("a.rsa.pub", result);

    assertThat(second.recipes()).isEqualTo(first.recipes());
    assertThat(Files.getLastModifiedTime(file(APK))).isGreaterThan(LONG_AGO);
    assertThat(Files.getLastModifiedTime(file("APKINDEX.tar.gz"))).isGreaterThan(LONG_AGO);
  }

  @Test
  void write_brokenReport_saysSoAndSignsAgain() throws IOException {
    PackagesReport first = write("a.rsa.pub", result);
    Files.writeString(output.resolve("packages.json"), "{}");

    assertThat(write("a.rsa.pub", result)).isEqualTo(first);
    assertThat(warnings).singleElement().asString().contains("packages.json of an earlier build");
  }

  @Test
  void write_recipeGone_removesItsPackage() throws IOException {
    write("a.rsa.pub", result);

    PackagesReport empty = write("a.rsa.pub");

    assertThat(empty.recipes()).isEmpty();
    assertThat(names()).containsExactly("APKINDEX.tar.gz");
  }
}
