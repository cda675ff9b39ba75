package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Platform;
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
   * @throws ImageException if there is no such file, or it lists no layers
   * @throws IOException if the file cannot be read
   */
  public static LayerList read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new ImageException(
          "Could not make the image: there is no list of layers at "
              + file
              + ". Run alpine-rootfs:layers before, or set prosodyoci.layersFile");
    }
    return Json.read(file, LayerList.class);
  }

  /**
   * Returns the version of a package that the layers hold.
   *
   * @throws ImageException if they hold none of that name
   */
  public String versionOf(String name) {
    return packages.stream()
        .filter(each -> each.name().equals(name))
        .map(Installed::version)
        .findFirst()
        .orElseThrow(
            () ->
                new ImageException(
                    "Could not find the version of the image: its layers hold no package "
                        + name
                        + ", but "
                        + packages.stream().map(Installed::name).collect(Collectors.joining(", "))
                        + ". Correct prosodyoci.versionOf"));
  }
}
