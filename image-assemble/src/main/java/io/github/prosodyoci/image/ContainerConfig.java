package io.github.prosodyoci.image;

import com.google.cloud.tools.jib.api.Ports;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a container of the image runs (OCI config.md, "Properties", {@code config}).
 *
 * @param entrypoint the program and its first arguments
 * @param cmd further arguments, which the user of the image may replace
 * @param env environment variables, in their order
 * @param user the numeric user, {@code uid} or {@code uid:gid}; null for root
 * @param ports ports that the container listens on, such as {@code 5222}, {@code 5222/tcp} or
 *     {@code 5000-5002}
 * @param volumes absolute paths of folders that keep their content beyond the container's life
 * @param workingDirectory the absolute path that the program starts in; null for {@code /}
 * @param labels labels of the image
 * @param stopSignal the signal that ends the program, such as {@code SIGTERM}; null for the
 *     engine's default
 * @param healthcheck the health check, or null
 */
public record ContainerConfig(
    List<String> entrypoint,
    List<String> cmd,
    Map<String, String> env,
    @Nullable String user,
    List<String> ports,
    List<String> volumes,
    @Nullable String workingDirectory,
    Map<String, String> labels,
    @Nullable String stopSignal,
    @Nullable Healthcheck healthcheck) {

  /** A container that runs nothing by itself. */
  public static final ContainerConfig EMPTY =
      new ContainerConfig(
          List.of(), List.of(), Map.of(), null, List.of(), List.of(), null, Map.of(), null, null);

  private static final Pattern USER = Pattern.compile("[0-9]{1,10}(:[0-9]{1,10})?");
  private static final Pattern SIGNAL = Pattern.compile("SIG[A-Z0-9]+([+-][0-9]+)?|[0-9]{1,2}");
  private static final Pattern VARIABLE = Pattern.compile("[^=\\x00]+");

  /**
   * Checks the fields, sorts and expands the ports, and sorts the volumes.
   *
   * @throws io.github.prosodyoci.core.FailureException with {@code CONFIGURATION} if a field has a
   *     value that a container engine would not take; the message names the field
   */
  public ContainerConfig {
    entrypoint = List.copyOf(entrypoint);
    cmd = List.copyOf(cmd);
    env = Collections.unmodifiableMap(new LinkedHashMap<>(env));
    ports = expand(ports);
    volumes = volumes.stream().map(v -> absolute("volumes", v)).distinct().sorted().toList();
    labels = Map.copyOf(labels);
    for (String name : env.keySet()) {
      check(VARIABLE, "env", name, "a name without '='");
    }
    if (user != null) {
      check(
          USER,
          "user",
          user,
          "numbers, uid or uid:gid, as Kubernetes cannot check names against runAsNonRoot");
    }
    if (workingDirectory != null) {
      workingDirectory = absolute("workingDirectory", workingDirectory);
    }
    if (stopSignal != null) {
      check(SIGNAL, "stopSignal", stopSignal, "a signal such as SIGTERM");
    }
  }

  private static List<String> expand(List<String> ports) {
    try {
      return Ports.parse(ports).stream()
          .map(port -> port.getPort() + "/" + port.getProtocol())
          .distinct()
          .sorted()
          .toList();
    } catch (NumberFormatException e) {
      throw ImageCode.badParameter(
          "ports", String.join(", ", ports), "each port as 5222, 5222/tcp or 5000-5002");
    }
  }

  private static String absolute(String field, String path) {
    try {
      return AbsoluteUnixPath.get(path).toString();
    } catch (IllegalArgumentException e) {
      throw ImageCode.badParameter(field, path, "an absolute path, which starts with /");
    }
  }

  private static void check(Pattern form, String field, String value, String right) {
    if (!form.matcher(value).matches()) {
      throw ImageCode.badParameter(field, value, right);
    }
  }
}
