package io.github.prosodyoci.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.RecipeDocument;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetchReportTest {

  private static final byte[] LUA = "lua".getBytes(UTF_8);
  private static final byte[] SIGNATURE = "signature".getBytes(UTF_8);

  @TempDir private Path folder;

  @Test
  void fetch_sourcesAndEvidenceFiles_areReportedTheSameEachTime() throws Exception {
    Files.write(folder.resolve("lua.tar"), LUA);
    Files.write(folder.resolve("lua.asc"), SIGNATURE);
    List<DeclaredSource> sources = declare("optional: false");
    Path first = folder.resolve("target/first.json");
    Path second = folder.resolve("target/second.json");

    fetch(sources, false).write(first);
    fetch(sources, true).write(second);

    assertThat(first)
        .hasContent(
            """
            {
              "sources" : [
                {
                  "recipe" : "lua",
                  "file" : "lua.tar",
                  "sha256" : "%s",
                  "size" : 3,
                  "origin" : "file:lua.tar"
                },
                {
                  "recipe" : "lua",
                  "file" : "lua.asc",
                  "sha256" : "%s",
                  "size" : 9,
                  "origin" : "file:lua.asc"
                }
              ],
              "absent" : [ ]
            }
            """
                .formatted(Digest.of(LUA), Digest.of(SIGNATURE)));
    assertThat(second).hasSameTextualContentAs(first);
    assertThat(FetchReport.read(first).sources()).hasSize(2);
  }

  @Test
  void fetch_optionalFileMissing_isReportedAsAbsent() throws Exception {
    Files.write(folder.resolve("lua.tar"), LUA);

    FetchReport report = fetch(declare("optional: true"), false);

    assertThat(report.sources()).extracting(FetchReport.Entry::file).containsExactly("lua.tar");
    assertThat(report.absent())
        .singleElement()
        .satisfies(
            absent -> {
              assertThat(absent.file()).isEqualTo("lua.asc");
              assertThat(absent.answers()).contains("there is no file");
            });
  }

  @Test
  void fetch_neededEvidenceFileMissing_isRefused() throws Exception {
    Files.write(folder.resolve("lua.tar"), LUA);

    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> fetch(declare("optional: false"), false))
        .withMessageStartingWith("Could not fetch lua.asc (" + Digest.of(SIGNATURE) + "): ");
  }

  @Test
  void read_noReport_saysWhichGoalWritesIt() {
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> FetchReport.read(folder.resolve("fetch.json")))
        .withMessageEndingWith("Run the goal prosody-fetch:sources first.");
  }

  private List<DeclaredSource> declare(String optional) throws Exception {
    Path recipe =
        Files.writeString(
            folder.resolve("lua.yaml"),
            """
            sources:
              - file: lua.tar
                sha256: %s
                origins: [file:lua.tar]
                evidence:
                  - signature:
                      file: lua.asc
                      sha256: %s
                      origins: [file:lua.asc]
                      signers: [AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA]
                      %s
            """
                .formatted(Digest.of(LUA).hex(), Digest.of(SIGNATURE).hex(), optional));
    return RecipeDocument.sources(List.of(recipe));
  }

  private FetchReport fetch(List<DeclaredSource> declared, boolean offline) {
    Fetcher fetcher =
        new Fetcher(
            folder.resolve("cache"), FetchSettings.STANDARD.withOffline(offline), Progress.SILENT);
    return FetchReport.of(declared, fetcher.fetch(FetchRequest.of(declared)));
  }
}
