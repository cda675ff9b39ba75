package io.github.prosodyoci.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Platform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeDocumentTest {

  private static final String A = "a".repeat(64);
  private static final String B = "b".repeat(64);
  private static final String ENTRY =
      """
      sources:
        - file: lua-5.4.7.tar.gz
          sha256: %s
          origins: [https://www.lua.org/ftp/lua-5.4.7.tar.gz, file:lua.tar.gz]
      """
          .formatted(A);

  @Test
  void of_recipe_readsSourcesAndLeavesTheRest() {
    DeclaredSource declared =
        only(
            """
            package: {name: lua5.4, version: 5.4.7}
            sources:
              - file: lua-5.4.7.tar.gz
                sha256: %s
                arch: x86_64
                host: linux-arm64
                unpack: none
                origins: [debian:lua5.4/lua5.4_5.4.7.orig.tar.gz]
                evidence:
                  - debian-archive: trixie
                  - signature:
                      file: lua.asc
                      sha256: %s
                      origins: [https://www.lua.org/lua.asc]
                      signers: [%s]
                      optional: true
            pipeline: [{run: make}]
            """
                .formatted(A, B, "A".repeat(40)));

    assertThat(declared.recipe()).isEqualTo("lua5.4");
    assertThat(declared.source())
        .isEqualTo(
            new Source(
                "lua-5.4.7.tar.gz",
                new Digest(A),
                List.of(new Origin.Debian("lua5.4", "lua5.4_5.4.7.orig.tar.gz"))));
    assertThat(declared.arch()).contains("x86_64");
    assertThat(declared.host()).contains(BuildHost.LINUX_ARM64);
    assertThat(declared.unpack()).contains("none");
    assertThat(declared.where()).hasToString("r/x.yaml:3");
    assertThat(declared.evidence()).hasSize(2);
    assertThat(declared.evidence().get(0).carrier()).isEmpty();
    assertThat(declared.evidence().get(1).optional()).isTrue();
    assertThat(declared.evidence().get(1).carrier().orElseThrow().sha256())
        .isEqualTo(new Digest(B));
  }

  @Test
  void of_plainSourcesFile_isNamedAfterTheFile() {
    DeclaredSource declared = only(ENTRY);

    assertThat(declared.recipe()).isEqualTo("x");
    assertThat(declared.arch()).isEqualTo(Optional.empty());
    assertThat(declared.source().origins())
        .contains(new Origin.LocalFile(Path.of("r/lua.tar.gz"), "lua.tar.gz"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'file: lua-5.4.7.tar.gz' | 'file: ../lua' | r/x.yaml:2): 'file' is '../lua'; expected a file",
        "'file: lua-5.4.7.tar.gz' | 'file: .lua' | r/x.yaml:2): 'file' is '.lua'; expected a file",
        "'file: lua-5.4.7.tar.gz' | 'name: lua' | r/x.yaml:2): unknown key 'name'; expected one of arch, ev",
        "'aaaaaaaa\n' | '\n' | r/x.yaml:3): 'sha256' is 'a",
        "'https:' | 'gopher:' | r/x.yaml:4): unknown origin 'gopher://",
        "'file:lua.tar.gz' | 'debian:lua' | r/x.yaml:4): not of the form debian:<source",
        "'    origins: ' | '    # ' | r/x.yaml:2): the key 'origins' is missing",
        "'    sha256: ' | '    # ' | r/x.yaml:2): the key 'sha256' is missing",
        "'[https://www.lua.org/ftp/lua-5.4.7.tar.gz, file:lua.tar.gz]' | '[]' | r/x.yaml:4): 'origins' is empty",
      })
  void of_wrongEntry_namesFileLineAndProblem(String part, String wrong, String message) {
    String text = ENTRY.replace(part, wrong);
    assertThat(text).isNotEqualTo(ENTRY);
    assertRefused(text, message);
  }

  @Test
  void of_sameFileTwice_namesBothPlaces() {
    String again = ENTRY.substring(ENTRY.indexOf('\n') + 1);
    assertRefused(ENTRY + again, "r/x.yaml:5): lua-5.4.7.tar.gz is declared already at r/x.yaml:2");
  }

  @Test
  void of_unknownHost_namesTheKnown() {
    assertRefused(ENTRY + "    host: windows-x86_64\n", "r/x.yaml:5): ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sources: lua", "sources: [lua]", "sources: {a: b}"})
  void of_sourcesOfAnotherKind_isRefused(String text) {
    assertRefused(text, "r/x.yaml:1): ");
  }

  @Test
  void of_noSources_isEmpty() {
    assertThat(read("package: {name: base}\n")).isEmpty();
    assertThat(read("sources:\n")).isEmpty();
  }

  @Test
  void readAll_folder_takesItsYamlFilesByName(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("b.yaml"), ENTRY);
    Files.writeString(folder.resolve("a.yaml"), ENTRY);
    Files.writeString(folder.resolve("notes.txt"), "no recipe");
    Files.createDirectory(folder.resolve("patches"));

    assertThat(RecipeDocument.sources(List.of(folder)))
        .extracting(DeclaredSource::recipe)
        .containsExactly("a", "b");
  }

  @Test
  void readAll_missingFolder_saysWhatToDo(@TempDir Path folder) {
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> RecipeDocument.sources(List.of(folder.resolve("none"))))
        .withMessageContaining("there is no such file or folder (no-recipes). Put recipes there");
  }

  @Test
  void needed_targetAndHost_leavesOutOtherArchitectures() {
    List<DeclaredSource> declared =
        read(
            """
            sources:
              - {file: any, sha256: %1$s, origins: [file:x]}
              - {file: intel, sha256: %1$s, origins: [file:x], arch: x86_64}
              - {file: arm, sha256: %1$s, origins: [file:x], arch: aarch64}
              - {file: riscv, sha256: %1$s, origins: [file:x], arch: riscv64}
              - {file: here, sha256: %1$s, origins: [file:x], host: linux-x86_64}
              - {file: there, sha256: %1$s, origins: [file:x], host: linux-arm64}
            """
                .formatted(A));

    assertThat(files(declared, BuildHost.LINUX_X86_64, Platform.LINUX_AMD64))
        .containsExactly("any", "intel", "here");
    assertThat(files(declared, BuildHost.LINUX_X86_64, Platform.LINUX_ARM64))
        .containsExactly("any", "intel", "arm", "here");
    assertThat(files(declared, BuildHost.LINUX_ARM64, Platform.LINUX_AMD64))
        .containsExactly("any", "intel", "arm", "there");
    assertThat(
            files(declared, BuildHost.LINUX_X86_64, Platform.LINUX_ARM64, Platform.LINUX_RISCV64))
        .containsExactly("any", "intel", "arm", "riscv", "here");
  }

  private static List<String> files(
      List<DeclaredSource> declared, BuildHost host, Platform... targets) {
    return DeclaredSource.needed(declared, List.of(targets), host).stream()
        .map(source -> source.source().file())
        .toList();
  }

  private static List<DeclaredSource> read(String text) {
    return RecipeDocument.parse(Path.of("r/x.yaml"), text).sources();
  }

  private static DeclaredSource only(String text) {
    List<DeclaredSource> declared = read(text);
    assertThat(declared).hasSize(1);
    return declared.get(0);
  }

  private static void assertRefused(String text, String message) {
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> read(text))
        .withMessageContaining("(" + message);
  }
}
