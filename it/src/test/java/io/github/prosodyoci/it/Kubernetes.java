package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.ContainerBuilder;
import io.github.prosodyoci.it.container.ImageArchive;
import io.github.prosodyoci.it.container.Volume;
import io.github.prosodyoci.it.container.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The first pod of a manifest's StatefulSet, run as the kubelet would. */
final class Kubernetes {

  private final JsonNode set;
  private final JsonNode pod;
  private final JsonNode container;

  private Kubernetes(JsonNode set) {
    this.set = set;
    pod = set.required("spec").required("template").required("spec");
    assertThat(pod.required("containers")).hasSize(1);
    container = pod.required("containers").get(0);
  }

  static Kubernetes read(Path file) {
    return YamlFiles.read(file).stream()
        .filter(document -> document.required("kind").textValue().equals("StatefulSet"))
        .findFirst()
        .map(Kubernetes::new)
        .orElseThrow();
  }

  String name() {
    return set.required("metadata").required("name").textValue() + "-0";
  }

  String image() {
    return container.required("image").textValue();
  }

  /** Returns the pod's own settings, such as {@code runAsUser}. */
  JsonNode podSecurity() {
    return pod.required("securityContext");
  }

  JsonNode containerSecurity() {
    return container.required("securityContext");
  }

  List<Integer> ports() {
    List<Integer> ports = new ArrayList<>();
    container
        .required("ports")
        .forEach(port -> ports.add(port.required("containerPort").intValue()));
    return ports;
  }

  /** Returns where a volume is mounted that outlives the pod. */
  List<String> lastingVolumes() {
    List<String> paths = new ArrayList<>();
    set.required("spec")
        .required("volumeClaimTemplates")
        .forEach(
            claim ->
                container
                    .required("volumeMounts")
                    .forEach(
                        mount -> {
                          if (mount
                              .required("name")
                              .equals(claim.required("metadata").required("name"))) {
                            paths.add(mount.required("mountPath").textValue());
                          }
                        }));
    return paths;
  }

  /**
   * Returns a container like the pod's. Secrets are taken to be absent, so they must be optional.
   */
  ContainerBuilder builder(ImageArchive archive) {
    int group = podSecurity().required("fsGroup").intValue();
    ContainerBuilder builder =
        archive
            .container()
            .hostname(name())
            .user(
                podSecurity().required("runAsUser").intValue()
                    + ":"
                    + podSecurity().required("runAsGroup").intValue());
    if (containerSecurity().required("readOnlyRootFilesystem").booleanValue()) {
      builder.readOnly();
    }
    container
        .required("env")
        .forEach(e -> builder.env(e.required("name").textValue(), e.required("value").textValue()));
    container
        .required("volumeMounts")
        .forEach(mount -> mount(builder, mount.required("name").textValue(), mount, group));
    return builder;
  }

  private void mount(ContainerBuilder builder, String name, JsonNode mount, int group) {
    String target = mount.required("mountPath").textValue();
    for (JsonNode volume : pod.required("volumes")) {
      if (!volume.required("name").textValue().equals(name)) {
        continue;
      }
      if (volume.has("emptyDir")) {
        builder.tmpfs(target);
      } else if (volume.required("secret").required("optional").booleanValue()) {
        builder.mount(Workspace.newFolder("secret"), target);
      }
      return;
    }
    // A claim: an empty folder of root's that belongs to the pod's group.
    Volume fresh = Volume.create().owner(0, group).mode("2770");
    builder.volume(Volume.of(fresh.folder()), target);
  }

  /** Asks the probes until they succeed, as often as the manifest allows. */
  void awaitProbes(Container running) throws IOException, InterruptedException {
    JsonNode startup = container.required("startupProbe");
    int tries = startup.required("failureThreshold").intValue();
    while (!succeeds(startup, running)) {
      assertThat(--tries).as("tries of startupProbe; " + running.log().text()).isPositive();
      Thread.sleep(startup.required("periodSeconds").intValue() * 1000L);
    }
    for (String probe : List.of("readinessProbe", "livenessProbe")) {
      assertThat(succeeds(container.required(probe), running)).as(probe).isTrue();
    }
  }

  private boolean succeeds(JsonNode probe, Container running) throws IOException {
    if (probe.has("exec")) {
      List<String> command = new ArrayList<>();
      probe.required("exec").required("command").forEach(word -> command.add(word.textValue()));
      return running.exec(command.toArray(new String[0])).exitCode() == 0;
    }
    JsonNode get = probe.required("httpGet");
    for (JsonNode port : container.required("ports")) {
      if (port.required("name").equals(get.required("port"))) {
        try {
          return Web.get(
                      running,
                      port.required("containerPort").intValue(),
                      "10.88.0.2",
                      get.required("path").textValue())
                  .statusCode()
              == 200;
        } catch (IOException e) {
          // Not listening yet.
          return false;
        }
      }
    }
    throw new IllegalArgumentException("no port " + get.required("port"));
  }
}
