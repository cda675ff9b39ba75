package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.packages.PackageRepository;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What to install, and where to.
 *
 * @param platform what the packages run on
 * @param repositories where packages come from, in the order of {@code /etc/apk/repositories}
 * @param layers the layers, the lowest first
 * @param waivedScripts install scripts whose effect is not needed: why not, by the script's digest
 * @param timestamp the latest time that a file in a layer carries
 * @param layout where programs and libraries are
 * @param output the folder that gets {@code layers/} and {@code rootfs.json}
 * @param base the image that the layers go on, as {@code alpine-rootfs:inspect} reads it
 * @param madeBy what tells the running code from other code
 * @param force whether to make layers again that are up to date
 */
public record InstallRequest(
    Platform platform,
    List<PackageRepository> repositories,
    List<LayerSpec> layers,
    Map<Digest, String> waivedScripts,
    Instant timestamp,
    Layout layout,
    Path output,
    Optional<Path> base,
    String madeBy,
    boolean force) {

  /**
   * Copies the lists.
   *
   * @throws FailureException if two layers have one name ({@code configuration})
   */
  public InstallRequest {
    repositories = List.copyOf(repositories);
    layers = List.copyOf(layers);
    Set<String> names = new HashSet<>();
    for (LayerSpec layer : layers) {
      if (!names.add(layer.name())) {
        throw Failure.of(
                CommonCode.CONFIGURATION,
                "lay out",
                "the layer " + layer.name(),
                "two layers have that name, and each is written to a file of its name")
            .advising("Give each <layer> its own <name>.")
            .toException();
      }
    }
    waivedScripts = Collections.unmodifiableMap(new TreeMap<>(waivedScripts));
  }

  /**
   * Creates a request for an empty root.
   *
   * @throws FailureException if two layers have one name ({@code configuration})
   */
  public InstallRequest(
      Platform platform,
      List<PackageRepository> repositories,
      List<LayerSpec> layers,
      Map<Digest, String> waivedScripts,
      Instant timestamp,
      Layout layout,
      Path output,
      String madeBy,
      boolean force) {
    this(
        platform,
        repositories,
        layers,
        waivedScripts,
        timestamp,
        layout,
        output,
        Optional.empty(),
        madeBy,
        force);
  }

  /** Returns this request for layers on an image. */
  public InstallRequest withBase(Path image) {
    return new InstallRequest(
        platform,
        repositories,
        layers,
        waivedScripts,
        timestamp,
        layout,
        output,
        Optional.of(image),
        madeBy,
        force);
  }
}
