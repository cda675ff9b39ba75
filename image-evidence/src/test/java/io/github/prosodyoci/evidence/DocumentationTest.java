package io.github.prosodyoci.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.DocumentedProgram;
import io.github.prosodyoci.evidence.sign.Keys;
import io.github.prosodyoci.evidence.sign.SigningKey;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds docs/evidence.md to what the code does. */
@Tag("slow")
class DocumentationTest {

  private static final Path PAGE = Path.of("../docs/evidence.md");

  @TempDir private Path folder;

  /** {@code EvidenceIT} verifies images of a real registry. */
  @Test
  void program_asItIsOnThePage_reportsARegistryThatIsNotThere() throws Exception {
    DocumentedProgram program = DocumentedProgram.compile(PAGE, "Verify", folder);
    Path key =
        Files.writeString(
            folder.resolve("key.pub"), SigningKey.parse("key", Keys.ed25519()).publicPem());

    assertThat(program.run(key.toString(), "127.0.0.1:1/server", Fixture.source(1).toString()))
        .startsWith("connection-refused: Could not pull 127.0.0.1:1/server");
  }

  @ParameterizedTest
  @EnumSource
  void code_ofEachRefusal_isExplained(EvidenceCode code) throws Exception {
    assertThat(Files.readString(PAGE)).contains("`" + code.text() + "`");
  }
}
