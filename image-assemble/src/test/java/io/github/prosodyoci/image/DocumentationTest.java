package io.github.prosodyoci.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.DocumentedProgram;
import io.github.prosodyoci.core.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds docs/images.md to what the code does. */
@Tag("slow")
class DocumentationTest {

  private static final Path PAGE = Path.of("../docs/images.md");

  @TempDir private Path folder;

  @Test
  void program_asItIsOnThePage_makesAndPushesAnImage() throws Exception {
    DocumentedProgram program = DocumentedProgram.compile(PAGE, "Assemble", folder);
    Fixture fixture = new Fixture(folder.resolve("tiny"));
    try (DockerRegistry registry = new DockerRegistry(folder.resolve("registry"), false)) {
      String output = run(program, fixture.layersFile(), registry.host() + "/tiny:1.0");

      String digest = Json.read(fixture.report(), ImageReport.class).digest().toString();
      assertThat(output).startsWith("made " + digest).endsWith("pushed " + digest);
    }
    assertThat(run(program, folder.resolve("none.json"), "x"))
        .startsWith("no-layers: Could not make ");
  }

  private String run(DocumentedProgram program, Path layersFile, String name) throws Exception {
    return program.run(layersFile.toString(), folder.resolve("tiny").toString(), name);
  }

  @Test
  void listOfLayers_asItIsOnThePage_isRead() throws Exception {
    String digest = "sha256:" + "0".repeat(64);
    Path list =
        Files.writeString(
            folder.resolve("rootfs.json"),
            DocumentedProgram.blocks(PAGE, "json").get(0).replace("sha256:…", digest));

    assertThat(LayerList.read(list).versionOf("musl")).isEqualTo("1.2.5-r1");
  }

  @ParameterizedTest
  @EnumSource
  void code_ofEachRefusal_isExplained(ImageCode code) throws Exception {
    assertThat(Files.readString(PAGE)).contains("`" + code.text() + "`");
  }
}
