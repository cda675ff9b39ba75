package io.github.prosodyoci.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
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
    Path source = Files.writeString(folder.resolve("Assemble.java"), block("java"));
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(
                    null,
                    null,
                    null,
                    "-Xlint:all",
                    "-Werror",
                    "-proc:none",
                    "-cp",
                    System.getProperty("java.class.path"),
                    source.toString()))
        .isZero();
    Fixture fixture = new Fixture(folder.resolve("tiny"));
    try (DockerRegistry registry = new DockerRegistry(folder.resolve("registry"), false)) {
      String output = run(fixture.layersFile(), registry.host() + "/tiny:1.0");

      String digest = Json.read(fixture.report(), ImageReport.class).digest().toString();
      assertThat(output).startsWith("made " + digest).endsWith("pushed " + digest);
    }
    assertThat(run(folder.resolve("none.json"), "x")).startsWith("no-layers: Could not make ");
  }

  private String run(Path layersFile, String name) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-Duser.home=" + folder,
            "-cp",
            folder + ":" + System.getProperty("java.class.path"),
            "Assemble",
            layersFile.toString(),
            folder.resolve("tiny").toString(),
            name));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return output;
  }

  private static String block(String language) throws Exception {
    Matcher block =
        Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(PAGE));
    assertThat(block.find()).isTrue();
    return block.group(1);
  }

  @Test
  void listOfLayers_asItIsOnThePage_isRead() throws Exception {
    String digest = "sha256:" + "0".repeat(64);
    Path list =
        Files.writeString(folder.resolve("rootfs.json"), block("json").replace("sha256:…", digest));

    assertThat(LayerList.read(list).versionOf("musl")).isEqualTo("1.2.5-r1");
  }

  @ParameterizedTest
  @EnumSource
  void code_ofEachRefusal_isExplained(ImageCode code) throws Exception {
    assertThat(Files.readString(PAGE)).contains("`" + code.text() + "`");
  }
}
