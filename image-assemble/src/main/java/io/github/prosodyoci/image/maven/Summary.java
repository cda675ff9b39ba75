package io.github.prosodyoci.image.maven;

import io.github.prosodyoci.image.AssembleRequest;
import io.github.prosodyoci.image.AssembleResult;
import io.github.prosodyoci.image.ContainerConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The lines that end the log: what was made, and how to load and run it. */
final class Summary {

  private final AssembleRequest request;
  private final AssembleResult result;
  private final Path folder;
  private final List<String> runOptions;

  Summary(AssembleRequest request, AssembleResult result, Path folder, List<String> runOptions) {
    this.request = request;
    this.result = result;
    this.folder = folder;
    this.runOptions = List.copyOf(runOptions);
  }

  /** Returns what is different for each of several platforms. */
  List<String> brief() {
    return lines().subList(0, 3);
  }

  List<String> lines() {
    Path file = request.archive().toAbsolutePath();
    String path = (file.startsWith(folder) ? folder.relativize(file) : file).toString();
    String name = result.report().name();
    return List.of(
        path + (result.upToDate() ? " is up to date" : ""),
        "  digest  " + result.report().digest(),
        "  size    " + megabytes(result.report().size()) + " compressed",
        "  load    docker load -i " + path,
        "     or   podman load -i " + path,
        "     or   skopeo copy oci-archive:" + path + " docker-daemon:" + name,
        "  run     docker run " + options() + name);
  }

  /** Returns a size in units of a million bytes, as registries count them. */
  static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.2f MB", bytes / 1e6);
  }

  private String options() {
    if (!runOptions.isEmpty()) {
      return String.join(" ", runOptions) + " ";
    }
    ContainerConfig config = request.description().config();
    StringBuilder options = new StringBuilder("--rm ");
    for (String port : config.ports()) {
      String published = port.endsWith("/tcp") ? port.substring(0, port.length() - 4) : port;
      options.append("-p ").append(number(port)).append(':').append(published).append(' ');
    }
    for (String volume : config.volumes()) {
      String volumeName = volume.substring(1).replaceAll("[^A-Za-z0-9_.-]+", "-");
      options.append("-v ").append(volumeName).append(':').append(volume).append(' ');
    }
    return options.toString();
  }

  private static String number(String port) {
    return port.substring(0, port.indexOf('/'));
  }
}
