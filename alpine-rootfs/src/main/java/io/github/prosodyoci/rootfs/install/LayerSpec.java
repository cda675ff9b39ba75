package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.packages.apk.Dependency;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What is wanted in a layer.
 *
 * @param name a short name for people, which becomes the file's name
 * @param world the packages that are asked for, as in {@code /etc/apk/world}; what they need is
 *     laid down with them, unless a lower layer has it already
 * @param files folders whose content is laid down as it is, owned by root, over all packages
 */
public record LayerSpec(String name, List<Dependency> world, List<Path> files) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]*");

  /**
   * Checks the name and copies the lists.
   *
   * @throws FailureException if the name cannot be a file's ({@code configuration})
   */
  public LayerSpec {
    if (!NAME.matcher(name).matches()) {
      throw Failure.of(
              CommonCode.CONFIGURATION,
              "use",
              "'" + Reasons.printable(name) + "' as the name of a layer",
              "it has other characters")
          .expecting("lower-case letters, digits, dots and hyphens")
          .advising("Correct <name> in <layer>.")
          .toException();
    }
    world = List.copyOf(world);
    files = List.copyOf(files);
  }
}
