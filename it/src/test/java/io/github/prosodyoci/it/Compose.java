package io.github.prosodyoci.it;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A Compose file, as options of {@code docker run}. What it does not know, it refuses. */
final class Compose {

  private static final Set<String> WITHOUT_EFFECT_HERE = Set.of("restart");

  private final JsonNode file;

  private Compose(JsonNode file) {
    this.file = file;
  }

  static Compose read(Path file) {
    List<JsonNode> documents = YamlFiles.read(file);
    if (documents.size() != 1) {
      throw new IllegalArgumentException(file + " holds " + documents.size() + " documents");
    }
    return new Compose(documents.get(0));
  }

  /** Returns the names of the services. */
  List<String> services() {
    List<String> names = new ArrayList<>();
    file.required("services").fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** Returns the name of a service's container. */
  static String container(String service) {
    return "compose-" + service;
  }

  /** Returns what runs a service in the background under its own name. */
  List<String> runOptions(String service) {
    List<String> options = new ArrayList<>(List.of("-d", "--name", container(service)));
    JsonNode description = file.required("services").required(service);
    for (Map.Entry<String, JsonNode> entry : description.properties()) {
      JsonNode value = entry.getValue();
      switch (entry.getKey()) {
        case "image" -> {}
        case "environment" ->
            value
                .properties()
                .forEach(e -> add(options, "-e", e.getKey() + "=" + e.getValue().textValue()));
        case "ports" -> value.forEach(port -> add(options, "-p", port.textValue()));
        case "volumes" -> value.forEach(volume -> add(options, "-v", volume(volume.textValue())));
        case "secrets" -> value.forEach(secret -> add(options, "-v", secret(secret.textValue())));
        case "tmpfs" -> value.forEach(target -> add(options, "--tmpfs", target.textValue()));
        case "cap_drop" -> value.forEach(name -> add(options, "--cap-drop", name.textValue()));
        case "security_opt" ->
            value.forEach(name -> add(options, "--security-opt", name.textValue()));
        case "read_only" -> {
          if (value.booleanValue()) {
            options.add("--read-only");
          }
        }
        default -> {
          if (!WITHOUT_EFFECT_HERE.contains(entry.getKey())) {
            throw new IllegalArgumentException("not known to the test: " + entry.getKey());
          }
        }
      }
    }
    options.add(description.required("image").textValue());
    return options;
  }

  private String volume(String text) {
    if (!text.contains("/") || !text.startsWith(".") && !text.startsWith("/")) {
      String name = text.substring(0, text.indexOf(':'));
      if (!file.path("volumes").has(name)) {
        throw new IllegalArgumentException("the volume " + name + " is not declared");
      }
    }
    return text;
  }

  private String secret(String name) {
    return file.required("secrets").required(name).required("file").textValue()
        + ":/run/secrets/"
        + name
        + ":ro";
  }

  private static void add(List<String> options, String name, String value) {
    options.add(name);
    options.add(value);
  }
}
