package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.ContainerBuilder;
import io.github.prosodyoci.it.container.ImageArchive;
import io.github.prosodyoci.it.container.ImageConfig;
import io.github.prosodyoci.it.container.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The image under test, and how the tests call what is in it. */
final class ProsodyImage {

  /** The domain that the tests' servers serve. */
  static final String DOMAIN = "example.test";

  static final String DATA = "/var/lib/prosody";
  static final int CLIENT_PORT = 5222;

  private ProsodyImage() {}

  /** Returns the image that this build made. */
  static ImageArchive archive() {
    Path file = Path.of(System.getProperty("prosodyoci.it.image")).normalize();
    assertThat(file).as("the image, which `mvn package` makes").isRegularFile();
    return ImageArchive.open(file);
  }

  /** Returns the image of a platform that this build made. */
  static ImageArchive archive(Platform platform) {
    return ImageArchive.open(archive().file(), platform);
  }

  /** Returns the platforms that this build made images for. */
  static List<Platform> platforms() throws IOException {
    ImageArchive image = archive();
    JsonNode document =
        new JsonMapper()
            .readTree(
                Command.of(
                        Tools.require("skopeo"), "inspect", "--raw", "oci-archive:" + image.file())
                    .output());
    List<Platform> platforms = new ArrayList<>();
    for (JsonNode each : document.path("manifests")) {
      platforms.add(ImageConfig.platform(each.path("platform")));
    }
    return platforms.isEmpty() ? List.of(image.config().platform()) : platforms;
  }

  /** Returns what the build wrote about the image. */
  static JsonNode imageJson() throws IOException {
    Path file = Path.of(System.getProperty("prosodyoci.it.imageJson")).normalize();
    return new JsonMapper().readTree(Files.readAllBytes(file));
  }

  /** Returns a container that serves {@link #DOMAIN}, configured as little as that takes. */
  static ContainerBuilder server() {
    return archive().container().env("PROSODY_VIRTUAL_HOSTS", DOMAIN);
  }

  /** Waits until a server answers a client; if it does not, the failure holds the server's log. */
  static void awaitClient(Container server) {
    awaitClient(server, DOMAIN);
  }

  /** Waits until a server answers a client of a domain. */
  static void awaitClient(Container server, String domain) {
    try {
      StreamProbe.awaitFeatures(server.address(CLIENT_PORT), domain, Duration.ofSeconds(30));
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "; its log:\n" + server.log().text(), e);
    }
  }
}
