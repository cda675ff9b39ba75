package io.github.prosodyoci.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.Digest;
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

/** Holds docs/fetching.md to what the code does. */
@Tag("slow")
class DocumentationTest {

  private static final Path PAGE = Path.of("../docs/fetching.md");

  @TempDir private Path folder;

  @Test
  void example_asItStandsThere_compilesAndFetches() throws Exception {
    Path source = Files.writeString(folder.resolve("Fetch.java"), example());
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
    byte[] content = "the file".getBytes(UTF_8);
    try (Loopback server = new Loopback().file("/a", content)) {
      String digest = Digest.of(content).hex();

      assertThat(run(digest, server.uri("/gone").toString(), server.uri("/a").toString()))
          .startsWith(folder.resolve("cache/store/sha256").toString())
          .endsWith(" from " + server.uri("/a"));
      assertThat(run("0".repeat(64), server.uri("/a").toString()))
          .startsWith("digest-mismatch: Could not fetch file (sha256:0000");
    }
  }

  private String run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-cp",
            folder + ":" + System.getProperty("java.class.path"),
            "Fetch",
            folder.resolve("cache").toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return output;
  }

  private static String example() throws Exception {
    Matcher block =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
    assertThat(block.find()).isTrue();
    return block.group(1);
  }

  @ParameterizedTest
  @EnumSource
  void code_ofEachRefusal_isExplained(FetchCode code) throws Exception {
    assertThat(Files.readString(PAGE)).contains("`" + code.text() + "`");
  }
}
