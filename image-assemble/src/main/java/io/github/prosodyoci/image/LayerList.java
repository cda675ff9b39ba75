package io.github.prosodyoci.image;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.core.archive.Layer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The layers that an image is made of, as {@code rootfs.json} lists them.
 *
 * @param platform the platform that the layers were made for
 * @param layers the layers, the lowest first
 * @param packages the packages that the layers hold; empty if that is not known
 */
public record LayerList(Platform platform, List<Layer> layers, List<Installed> packages) {

  /** Copies the lists. */
  public LayerList {
    if (platform == null || layers == null) {
      throw new IllegalArgumentException("it has no platform or no layers");
    }
    layers = List.copyOf(layers);
    packages = packages == null ? List.of() : List.copyOf(packages);
  }

  /**
   * A package in a layer.
   *
   * @param license an SPDX expression, or what its packager wrote instead of one
   */
  public record Installed(String name, String version, @Nullable String license) {}

  /**
   * Returns the layers that a JSON file lists.
   *
   * @throws FailureException with {@link ImageCode#NO_LAYERS} if there is no such file, or it is
   *     not a list of layers; with a {@code CommonCode} if it cannot be read
   */
  public static LayerList read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw noLayers("there is no list of layers at " + file).toException();
    }
    byte[] json;
    try {
      json = Files.readAllBytes(file);
    } catch (IOException e) {
      throw FileFailures.of("read", "the list of layers", file, e);
    }
    try {
      return Json.parse(file.toString(), json, LayerList.class);
    } catch (IOException e) {
      throw noLayers(Reasons.of(e)).toException(e);
    }
  }

  static Failure noLayers(String reason) {
    return Failure.of(ImageCode.NO_LAYERS, "make", "the image", reason);
  }

  /**
   * Returns the version of a package that the layers hold.
   *
   * @throws FailureException with {@code CONFIGURATION} if they hold none of that name
   */
  public String versionOf(String name) {
    return packages.stream()
        .filter(each -> each.name().equals(name))
        .map(Installed::version)
        .findFirst()
        .orElseThrow(
            () ->
                Failure.of(
                        CommonCode.CONFIGURATION,
                        "find",
                        "the version of the image",
                        "its layers hold no package " + name)
                    .expecting(
                        "one of "
                            + packages.stream()
                                .map(Installed::name)
                                .collect(Collectors.joining(", ")))
                    .advising("Correct prosodyoci.image.versionOf.")
                    .toException());
  }
}
