package io.github.prosodyoci.image;

import io.github.prosodyoci.image.oci.OciDocuments.Run;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What an image takes over of how containers of its base run: what a Dockerfile takes over by
 * {@code FROM}.
 */
final class BaseConfig {

  /** What the base says of itself, which is not true of what is built on it. */
  private static final String OWN = "org.opencontainers.image.";

  private BaseConfig() {}

  /** Returns the base's configuration with another one on top. */
  static Run under(@Nullable Run base, Run own) {
    if (base == null) {
      return own;
    }
    return new Run(
        own.user() == null ? base.user() : own.user(),
        joined(base.exposedPorts(), own.exposedPorts(), name -> true),
        env(base.env(), own.env()),
        own.entrypoint() == null ? base.entrypoint() : own.entrypoint(),
        // Arguments belong to the program that they were written for.
        own.cmd() != null || own.entrypoint() != null ? own.cmd() : base.cmd(),
        joined(base.volumes(), own.volumes(), name -> true),
        own.workingDir() == null ? base.workingDir() : own.workingDir(),
        joined(base.labels(), own.labels(), name -> !name.startsWith(OWN)),
        own.stopSignal() == null ? base.stopSignal() : own.stopSignal(),
        own.healthcheck() == null ? base.healthcheck() : own.healthcheck());
  }

  private static <T> @Nullable Map<String, T> joined(
      @Nullable Map<String, T> base, @Nullable Map<String, T> own, Predicate<String> kept) {
    Map<String, T> joined = new TreeMap<>();
    if (base != null) {
      joined.putAll(base);
      joined.keySet().removeIf(kept.negate());
    }
    if (own != null) {
      joined.putAll(own);
    }
    return joined.isEmpty() ? null : joined;
  }

  /** A variable keeps its place, and gets its new value. */
  private static @Nullable List<String> env(
      @Nullable List<String> base, @Nullable List<String> own) {
    Map<String, String> joined = new LinkedHashMap<>();
    List<String> all = new ArrayList<>();
    if (base != null) {
      all.addAll(base);
    }
    if (own != null) {
      all.addAll(own);
    }
    for (String variable : all) {
      int end = variable.indexOf('=');
      joined.put(end < 0 ? variable : variable.substring(0, end), variable);
    }
    return joined.isEmpty() ? null : List.copyOf(joined.values());
  }
}
