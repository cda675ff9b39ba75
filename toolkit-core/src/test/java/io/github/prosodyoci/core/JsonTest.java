package io.github.prosodyoci.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.core.archive.Layer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonTest {

  record Sample(
      String zebra,
      @Nullable String absent,
      Map<String, String> map,
      Platform platform,
      Digest digest) {}

  private static final Digest DIGEST = Digest.of(new byte[0]);
  private static final String HEX =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  private static Sample sample() {
    Map<String, String> map = new LinkedHashMap<>();
    map.put("b", "ü");
    map.put("a", "/");
    return new Sample("z", null, map, Platform.LINUX_AMD64, DIGEST);
  }

  @Test
  void text_keepsRecordOrderSortsMapsAndLeavesOutTheAbsent() {
    assertThat(Json.text(sample()))
        .isEqualTo(
            """
            {
              "zebra" : "z",
              "map" : {
                "a" : "/",
                "b" : "ü"
              },
              "platform" : "linux/amd64",
              "digest" : "sha256:%s"
            }
            """
                .formatted(HEX));
  }

  @Test
  void compact_hasNoWhiteSpace() {
    assertThat(new String(Json.compact(sample()), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"zebra\":\"z\",\"map\":{\"a\":\"/\",\"b\":\"ü\"},\"platform\":\"linux/amd64\","
                + "\"digest\":\"sha256:"
                + HEX
                + "\"}");
  }

  @Test
  void read_givesBackWhatWasWritten(@TempDir Path folder) throws IOException {
    Layer layer =
        new Layer("base", "layers/base.tar.gz", DIGEST, DIGEST, 7, List.of("musl-1.2.5-r0"));
    Path file = folder.resolve("layer.json");
    Json.write(file, layer);
    assertThat(Json.read(file, Layer.class)).isEqualTo(layer);
    Json.write(file, sample());
    assertThat(Json.read(file, Sample.class)).isEqualTo(sample());
  }

  @Test
  void read_passesOverUnknownKeys(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("x.json"), "{\"zebra\":\"z\",\"new\":[1]}");
    assertThat(Json.read(file, Sample.class).zebra()).isEqualTo("z");
  }

  @Test
  void read_wrongDigest_namesTheFile(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("x.json"), "{\"digest\":\"md5:00\"}");
    assertThatThrownBy(() -> Json.read(file, Sample.class))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("x.json")
        .hasMessageContaining("md5:00");
  }

  @Test
  void read_truncatedFile_namesTheFile(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("x.json"), "{\"zebra\":");
    assertThatThrownBy(() -> Json.read(file, Sample.class))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("x.json");
  }
}
