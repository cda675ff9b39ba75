package io.github.prosodyoci.rootfs.maven;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.archive.Layer;
import io.github.prosodyoci.maven.Parameters;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.lock.LockUse;
import io.github.prosodyoci.packages.maven.PackagesGoal;
import io.github.prosodyoci.rootfs.install.InstallRequest;
import io.github.prosodyoci.rootfs.install.InstallResult;
import io.github.prosodyoci.rootfs.install.Installer;
import io.github.prosodyoci.rootfs.install.LayerSpec;
import io.github.prosodyoci.rootfs.install.Layout;
import io.github.prosodyoci.rootfs.install.RootfsReport;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Installs Alpine packages into image layers: chooses them as apk does, checks them against signed
 * indexes, and lays them down without root. Their scripts are never run.
 */
@Mojo(name = "layers", defaultPhase = LifecyclePhase.PREPARE_PACKAGE, threadSafe = true)
public final class LayersMojo extends PackagesGoal {

  /** The layers, the lowest first. Each package lies in the lowest layer that needs it. */
  @Parameter(required = true)
  private List<LayerParameter> layers = List.of();

  /** Install scripts whose effect the image does not need, each with the reason. */
  @Parameter private List<WaivedScriptParameter> waivedScripts = List.of();

  /**
   * Whether {@code /bin}, {@code /lib} and {@code /sbin} are links to the same below {@code /usr},
   * as in Alpine 3.23 and later, whose packages rely on that.
   */
  @Parameter(property = "prosodyoci.rootfs.usrMerged", defaultValue = "false")
  private boolean usrMerged;

  /**
   * The image with packages of apk that the layers go on, which {@code inspect} can read: what it
   * has already stays, as {@code apk add} would leave it.
   */
  @Parameter(property = "prosodyoci.rootfs.base")
  private @Nullable File base;

  /**
   * What to do about the lock: {@code check} that it fits, {@code create} it where there is none,
   * or {@code update} it, from the repositories as they are now.
   */
  @Parameter(property = "prosodyoci.lock", defaultValue = "check", required = true)
  private String lock;

  /** Whether to make the layers again although nothing has changed. */
  @Parameter(property = "prosodyoci.rootfs.force", defaultValue = "false")
  private boolean force;

  /** Whether to skip this goal. */
  @Parameter(property = "prosodyoci.rootfs.skip", defaultValue = "false")
  private boolean skip;

  /** Creates the goal. */
  public LayersMojo() {
    super("prosodyoci.rootfs.skip");
  }

  @Override
  protected boolean isSkipped() {
    return skip;
  }

  @Override
  protected void run() throws IOException {
    if (layers.isEmpty()) {
      throw Failure.of(CommonCode.CONFIGURATION, "make", "layers", "none is named")
          .advising("Add <layers><layer>….")
          .toException();
    }
    for (Platform platform : platforms()) {
      announce(platform);
      InstallResult result = new Installer(getLog()::info).install(request(platform));
      log(result.report(), result.upToDate());
    }
  }

  private void log(RootfsReport report, boolean unchanged) {
    for (Layer layer : report.layers()) {
      long packages =
          report.packages().stream().filter(each -> each.layer().equals(layer.name())).count();
      getLog()
          .info(
              String.format(
                  Locale.ROOT,
                  "Layer %s: %s%.2f MB, %s%s",
                  layer.name(),
                  packages == 0 ? "" : packages + (packages == 1 ? " package, " : " packages, "),
                  layer.size() / 1e6,
                  layer.digest(),
                  unchanged ? " (unchanged)" : ""));
    }
    for (RootfsReport.Script script : report.scripts()) {
      getLog()
          .debug(script.owner() + " " + script.type() + " script, not run: " + script.outcome());
    }
  }

  private InstallRequest request(Platform platform) throws IOException {
    List<LayerSpec> specs = layers.stream().map(LayerParameter::toSpec).toList();
    List<Dependency> world =
        specs.stream().flatMap(layer -> layer.world().stream()).distinct().toList();
    Map<Digest, String> waived = new TreeMap<>();
    waivedScripts.forEach(script -> waived.put(script.parsedDigest(), script.givenReason()));
    InstallRequest request =
        new InstallRequest(
            platform,
            open(platform, world, Parameters.parse("prosodyoci.lock", lock, LockUse::parse)),
            specs,
            waived,
            outputTimestamp(),
            usrMerged ? Layout.USR_MERGED : Layout.AS_PACKAGED,
            folder(platform),
            code(),
            force);
    return base == null ? request : request.withBase(base.toPath());
  }
}
