package io.github.prosodyoci.rootfs.maven;

import io.github.prosodyoci.archive.Digest;
import io.github.prosodyoci.archive.Json;
import io.github.prosodyoci.archive.Layer;
import io.github.prosodyoci.archive.OutputTimestamp;
import io.github.prosodyoci.archive.Platform;
import io.github.prosodyoci.rootfs.RootfsException;
import io.github.prosodyoci.rootfs.RootfsException.Code;
import io.github.prosodyoci.rootfs.apk.TrustedKeys;
import io.github.prosodyoci.rootfs.install.Inputs;
import io.github.prosodyoci.rootfs.install.InstallRequest;
import io.github.prosodyoci.rootfs.install.Installer;
import io.github.prosodyoci.rootfs.install.PackageRepository;
import io.github.prosodyoci.rootfs.install.RootfsReport;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Installs Alpine packages into image layers: chooses them as apk does, checks them against signed
 * indexes, and lays them down without root. Their scripts are never run.
 */
@Mojo(name = "layers", defaultPhase = LifecyclePhase.PREPARE_PACKAGE, threadSafe = true)
public final class LayersMojo extends AbstractMojo {

  /** The layers, the lowest first. Each package lies in the lowest layer that needs it. */
  @Parameter(required = true)
  List<LayerParameter> layers = List.of();

  /**
   * Where packages come from, in the order of {@code /etc/apk/repositories}. By default the one
   * that {@code prosody-compile:packages} has made.
   */
  @Parameter List<RepositoryParameter> repositories = List.of();

  /** The platform of the layers, {@code linux/amd64} or {@code linux/arm64}. */
  @Parameter(property = "prosodyoci.platform", defaultValue = "linux/amd64", required = true)
  String platform = "";

  /** Install scripts whose effect the image does not need, each with the reason. */
  @Parameter List<WaivedScriptParameter> waivedScripts = List.of();

  /** The latest time that a file carries: ISO 8601 with an offset, or seconds since 1970. */
  @Parameter(defaultValue = "${project.build.outputTimestamp}")
  @Nullable String outputTimestamp;

  /** The folder that gets {@code layers/} and {@code rootfs.json}. */
  @Parameter(defaultValue = "${project.build.directory}", required = true)
  File outputFolder = new File("");

  /** Whether to make the layers again although nothing has changed. */
  @Parameter(property = "prosodyoci.rootfs.force", defaultValue = "false")
  boolean force;

  /** Whether to skip this goal. */
  @Parameter(property = "prosodyoci.rootfs.skip", defaultValue = "false")
  boolean skip;

  @Parameter(defaultValue = "${plugin.version}", readonly = true, required = true)
  String version = "";

  @Override
  public void execute() throws MojoExecutionException, MojoFailureException {
    if (skip) {
      getLog().info("Skipping alpine-rootfs:layers (prosodyoci.rootfs.skip)");
      return;
    }
    try {
      InstallRequest request = request();
      Path reportFile = outputFolder.toPath().resolve("rootfs.json");
      Digest inputs = Inputs.of(request, version);
      Optional<RootfsReport> before =
          force ? Optional.empty() : Inputs.unchanged(reportFile, inputs);
      RootfsReport report;
      if (before.isPresent()) {
        report = before.get();
      } else {
        Files.deleteIfExists(reportFile);
        report = new Installer(request).install(inputs);
        Json.write(reportFile, report);
      }
      log(report, before.isPresent());
    } catch (RootfsException | IllegalArgumentException e) {
      throw new MojoFailureException(e.getMessage(), e);
    } catch (IOException e) {
      throw new MojoExecutionException("Could not make the layers: " + e.getMessage(), e);
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

  private InstallRequest request() throws IOException {
    if (layers.isEmpty()) {
      throw new RootfsException(
          Code.CONFIGURATION, "Could not make layers: none is named. Add <layers><layer>…");
    }
    if (outputTimestamp == null || outputTimestamp.isBlank()) {
      throw new RootfsException(
          Code.CONFIGURATION,
          "Could not make layers: they need a time that is the same for every build. Set the"
              + " property project.build.outputTimestamp in the POM.");
    }
    Platform target = Platform.parse(platform);
    Map<Digest, String> waived = new TreeMap<>();
    waivedScripts.forEach(script -> waived.put(script.parsedDigest(), script.givenReason()));
    return new InstallRequest(
        target,
        open(target),
        layers.stream().map(LayerParameter::toSpec).toList(),
        waived,
        OutputTimestamp.parse(outputTimestamp),
        outputFolder.toPath());
  }

  private List<PackageRepository> open(Platform target) throws IOException {
    List<PackageRepository> opened = new ArrayList<>();
    if (repositories.isEmpty()) {
      Path built = outputFolder.toPath().resolve("packages");
      Path keys = built.resolve("keys");
      if (!Files.isDirectory(keys)) {
        throw new RootfsException(
            Code.CONFIGURATION,
            "Could not make layers: there is no "
                + keys
                + ". Run prosody-compile:packages before, or name <repositories>.");
      }
      opened.add(PackageRepository.open("packages", "", built, target, TrustedKeys.read(keys)));
    }
    for (RepositoryParameter repository : repositories) {
      opened.add(repository.open(target, this::warn));
    }
    return opened;
  }

  private void warn(String text) {
    getLog().warn(text);
  }
}
