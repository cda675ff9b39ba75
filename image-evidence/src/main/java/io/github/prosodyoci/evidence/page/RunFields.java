package io.github.prosodyoci.evidence.page;

import io.github.prosodyoci.image.oci.OciDocuments.Run;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How containers of an image run, in the words of people. */
final class RunFields {

  private RunFields() {}

  /** Returns the fields that are set. */
  static SortedMap<String, String> of(@Nullable Run run) {
    SortedMap<String, String> fields = new TreeMap<>();
    if (run != null) {
      put(fields, "User", run.user());
      put(fields, "Ports", keys(run.exposedPorts()));
      put(fields, "Environment", run.env() == null ? null : String.join(" ", run.env()));
      put(
          fields,
          "Entrypoint",
          run.entrypoint() == null ? null : String.join(" ", run.entrypoint()));
      put(fields, "Command", run.cmd() == null ? null : String.join(" ", run.cmd()));
      put(fields, "Volumes", keys(run.volumes()));
      put(fields, "Working directory", run.workingDir());
      put(fields, "Stop signal", run.stopSignal());
      put(
          fields,
          "Health check",
          run.healthcheck() == null ? null : String.join(" ", run.healthcheck().test()));
    }
    return fields;
  }

  private static @Nullable String keys(@Nullable Map<String, ?> set) {
    return set == null ? null : String.join(", ", new TreeMap<>(set).keySet());
  }

  private static void put(Map<String, String> fields, String name, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      fields.put(name, value);
    }
  }
}
