package io.github.prosodyoci.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SourceArchiveTest {

  @TempDir private Path folder;
  private Path cache;

  @BeforeEach
  void makeImageAndStore() throws IOException {
    new Fixture(folder.resolve("target")).make();
    cache = folder.resolve("cache");
    for (int i = 1; i <= 4; i++) {
      Path file = stored(i);
      Files.createDirectories(file.getParent());
      Files.write(file, Fixture.sourceContent(i));
    }
    Files.createDirectories(folder.resolve("recipes/tls"));
    Files.writeString(folder.resolve("recipes/tls.yaml"), "package: {}\n");
    Files.writeString(folder.resolve("recipes/tls/two.patch"), "---\n");
  }

  private Path stored(int number) {
    String hex = Fixture.source(number).hex();
    return cache.resolve("store/sha256").resolve(hex.substring(0, 2)).resolve(hex);
  }

  private SourceArchiveResult write(String name) {
    return new SourceArchive()
        .write(
            new SourceArchiveRequest(
                List.of(new Fixture(folder.resolve("target")).reports()),
                cache,
                List.of(folder.resolve("recipes")),
                folder.resolve(name),
                Fixture.TIME,
                Optional.of("0123456789"),
                Optional.of("https://git.example/server")));
  }

  private static Map<String, String> read(Path archive) throws IOException {
    Map<String, String> files = new LinkedHashMap<>();
    try (InputStream in = Files.newInputStream(archive)) {
      TarReader tar = new TarReader(in, "the archive", TarReader.Dialect.ARCHIVE);
      for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
        assertThat(entry.mtime()).isEqualTo(Fixture.TIME.getEpochSecond());
        files.put(entry.path(), new String(tar.content().readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    return files;
  }

  @Test
  void write_archive_holdsSourcesSignaturesPatchesAndRecipesButNoToolchain() throws Exception {
    SourceArchiveResult result = write("a.tar");

    Map<String, String> files = read(result.archive());
    assertThat(files.keySet())
        .containsExactly(
            "server-1.0-r0-sources/README",
            "server-1.0-r0-sources/recipes/tls.yaml",
            "server-1.0-r0-sources/recipes/tls/two.patch",
            "server-1.0-r0-sources/sources/tls/tls-3.5.7.tar.gz",
            "server-1.0-r0-sources/sources/tls/tls-3.5.7.tar.gz.asc");
    assertThat(files.get("server-1.0-r0-sources/sources/tls/tls-3.5.7.tar.gz"))
        .isEqualTo("source 1");
    assertThat(files.get("server-1.0-r0-sources/README"))
        .contains("https://git.example/server\ncommit 0123456789");
    assertThat(result.files()).isEqualTo(5);
    assertThat(result.digest()).isEqualTo(Digest.of(result.archive()));
  }

  @Test
  void write_twice_isTheSameBytes() {
    assertThat(write("a.tar").digest()).isEqualTo(write("b.tar").digest());
  }

  @Test
  void write_sourceChangedOrMissing_isRefusedAndWritesNothing() throws Exception {
    Files.writeString(stored(1), "source X");
    assertRefused("has the digest sha256:");

    Files.delete(stored(1));
    assertRefused("there is no file ");
  }

  private void assertRefused(String text) {
    FailureException refused = catchThrowableOfType(FailureException.class, () -> write("a.tar"));
    assertThat(refused.failureCode()).isEqualTo(EvidenceCode.SOURCE_MISSING);
    assertThat(refused)
        .hasMessageContaining("Could not archive sources/tls/tls-3.5.7.tar.gz: ")
        .hasMessageContaining(text);
    assertThat(folder.resolve("a.tar")).doesNotExist();
  }
}
