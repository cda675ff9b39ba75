package io.github.prosodyoci.it.container;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.prosodyoci.core.Platform;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an image says about how it is run (OCI image specification, config.md).
 *
 * @param user the user as written, such as {@code 100:101}
 * @param entrypoint the program and its first arguments
 * @param cmd the arguments that a caller may replace
 * @param env the environment variables
 * @param workingDirectory the folder that the program starts in
 * @param volumes the folders that outlive a container
 * @param exposedPorts the ports, such as {@code 5222/tcp}
 * @param stopSignal the signal that ends the program, {@code SIGTERM} unless stated
 * @param labels the labels
 * @param platform the platform that its programs are for
 * @param document the whole document
 */
public record ImageConfig(
    String user,
    List<String> entrypoint,
    List<String> cmd,
    Map<String, String> env,
    String workingDirectory,
    List<String> volumes,
    List<String> exposedPorts,
    String stopSignal,
    Map<String, String> labels,
    Platform platform,
    JsonNode document) {

  static ImageConfig of(JsonNode document) {
    JsonNode config = document.path("config");
    Map<String, String> env = new LinkedHashMap<>();
    for (JsonNode entry : config.path("Env")) {
      String[] pair = entry.asText().split("=", 2);
      env.put(pair[0], pair[1]);
    }
    Map<String, String> labels = new LinkedHashMap<>();
    config.path("Labels").properties().forEach(e -> labels.put(e.getKey(), e.getValue().asText()));
    return new ImageConfig(
        config.path("User").asText(),
        texts(config.path("Entrypoint")),
        texts(config.path("Cmd")),
        env,
        config.path("WorkingDir").asText("/").isEmpty()
            ? "/"
            : config.path("WorkingDir").asText("/"),
        keys(config.path("Volumes")),
        keys(config.path("ExposedPorts")),
        config.path("StopSignal").asText("SIGTERM").isEmpty()
            ? "SIGTERM"
            : config.path("StopSignal").asText("SIGTERM"),
        labels,
        platform(document),
        document);
  }

  /** Returns the platform that a configuration or a descriptor's {@code platform} names. */
  public static Platform platform(JsonNode document) {
    return Platform.of(
            document.path("os").asText(),
            document.path("architecture").asText(),
            document.path("variant").textValue())
        .orElseThrow();
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(item -> texts.add(item.asText()));
    return List.copyOf(texts);
  }

  private static List<String> keys(JsonNode object) {
    List<String> keys = new ArrayList<>();
    object.fieldNames().forEachRemaining(keys::add);
    return List.copyOf(keys);
  }
}
