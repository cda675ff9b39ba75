package io.github.prosodyoci.image.maven;

import io.github.prosodyoci.image.ContainerConfig;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.settings.crypto.SettingsDecrypter;
import org.jspecify.annotations.Nullable;

/** A goal that describes how containers of an image run. */
abstract class ContainerGoal extends RegistryGoal {

  /** The program that a container runs, and its first arguments. */
  @Parameter List<String> entrypoint = List.of();

  /** Arguments that follow the entrypoint unless the user of the image gives others. */
  @Parameter List<String> cmd = List.of();

  /** Environment variables: {@code <env><PATH>/usr/bin:/bin</PATH></env>}. */
  @Parameter Map<String, String> env = Map.of();

  /** The user that the program runs as, in numbers: {@code uid} or {@code uid:gid}. */
  @Parameter @Nullable String user;

  /** Ports that the program listens on: {@code 5222}, {@code 5222/tcp}, {@code 5000-5002}. */
  @Parameter List<String> ports = List.of();

  /** Folders that keep their content beyond a container's life, as absolute paths. */
  @Parameter List<String> volumes = List.of();

  /** The folder that the program starts in, as an absolute path. */
  @Parameter @Nullable String workingDirectory;

  /** Labels, beside the annotations, which all become labels too. */
  @Parameter Map<String, String> labels = Map.of();

  /** The signal that ends the program, such as {@code SIGTERM}. */
  @Parameter @Nullable String stopSignal;

  /** How the engine finds out that the container works. */
  @Parameter @Nullable HealthcheckParameter healthcheck;

  ContainerGoal(String skipProperty, SettingsDecrypter decrypter) {
    super(skipProperty, decrypter);
  }

  /** Returns how containers run, with annotations that become labels. */
  final ContainerConfig config(Map<String, String> annotations) {
    Map<String, String> allLabels = new TreeMap<>(annotations);
    allLabels.putAll(labels);
    return new ContainerConfig(
        entrypoint,
        cmd,
        env,
        user,
        ports,
        volumes,
        workingDirectory,
        allLabels,
        stopSignal,
        healthcheck == null ? null : healthcheck.toHealthcheck());
  }
}
