package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.archive.Layer;
import java.util.List;

/**
 * What {@code target/rootfs.json} says: the layers, and what is in them for which reason.
 *
 * @param platform what the layers run on
 * @param inputs the digest of all that the layers were made of
 * @param layers the layers, the lowest first
 * @param world what was asked for
 * @param packages what was installed, in this order
 * @param scripts the packages' install scripts, none of which was run
 */
public record RootfsReport(
    Platform platform,
    Digest inputs,
    List<Layer> layers,
    List<String> world,
    List<Installed> packages,
    List<Script> scripts) {

  /** Copies the lists. */
  public RootfsReport {
    layers = List.copyOf(layers);
    world = List.copyOf(world);
    packages = List.copyOf(packages);
    scripts = List.copyOf(scripts);
  }

  /**
   * A package.
   *
   * @param name its name
   * @param version its version
   * @param license an SPDX expression
   * @param origin the package whose recipe built it
   * @param layer the layer that holds it
   * @param repository where it came from
   * @param identity the checksum of its control part, {@code Q1…}
   * @param why who asked for it, a line each
   */
  public record Installed(
      String name,
      String version,
      String license,
      String origin,
      String layer,
      String repository,
      String identity,
      List<String> why) {

    /** Copies the list. */
    public Installed {
      why = List.copyOf(why);
    }
  }

  /**
   * An install script.
   *
   * @param owner name and version of its package
   * @param type such as {@code pre-install}
   * @param digest the script's digest
   * @param outcome what was done in its place
   */
  public record Script(String owner, String type, Digest digest, String outcome) {}
}
