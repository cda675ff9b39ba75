package io.github.prosodyoci.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.DocumentedProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds docs/fetching.md to what the code does. */
@Tag("slow")
class DocumentationTest {

  private static final Path PAGE = Path.of("../docs/fetching.md");

  @TempDir private Path folder;

  @Test
  void program_asItIsOnThePage_compilesAndFetches() throws Exception {
    DocumentedProgram program = DocumentedProgram.compile(PAGE, "Fetch", folder);
    String cache = folder.resolve("cache").toString();
    byte[] content = "the file".getBytes(UTF_8);
    try (Loopback server = new Loopback().file("/a", content)) {
      String digest = Digest.of(content).hex();
      String address = server.uri("/a").toString();

      assertThat(program.run(cache, digest, server.uri("/gone").toString(), address))
          .startsWith(folder.resolve("cache/store/sha256").toString())
          .endsWith(" from " + address);
      assertThat(program.run(cache, "0".repeat(64), address))
          .startsWith("digest-mismatch: Could not fetch file (sha256:0000");
    }
  }

  @ParameterizedTest
  @EnumSource
  void code_ofEachRefusal_isExplained(FetchCode code) throws Exception {
    assertThat(Files.readString(PAGE)).contains("`" + code.text() + "`");
  }
}
