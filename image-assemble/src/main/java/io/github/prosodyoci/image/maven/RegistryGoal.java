package io.github.prosodyoci.image.maven;

import io.github.prosodyoci.image.DockerCredentials;
import io.github.prosodyoci.image.ImageName;
import io.github.prosodyoci.image.RegistryAccess;
import io.github.prosodyoci.image.registry.RegistryConnector;
import io.github.prosodyoci.maven.Parameters;
import io.github.prosodyoci.maven.PlatformGoal;
import io.github.prosodyoci.maven.SettingsProxies;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.settings.crypto.SettingsDecrypter;
import org.jspecify.annotations.Nullable;

/** A goal that talks to registries. */
abstract class RegistryGoal extends PlatformGoal {

  /** The user of the registry. Better: {@code docker login}, or {@code settings.xml}. */
  @Parameter(property = "prosodyoci.auth.username")
  @Nullable String username;

  /** The password of the user. */
  @Parameter(property = "prosodyoci.auth.password")
  @Nullable String password;

  /**
   * A host outside of the registry's own domain that may be given the login to make a token of it.
   * Not needed for a token service on the registry's host or domain, as Docker Hub and GitLab have.
   */
  @Parameter(property = "prosodyoci.auth.tokenHost")
  @Nullable String tokenHost;

  /**
   * Lets image and login go out over plain HTTP or unverified TLS, which a registry on {@code
   * localhost} does not need.
   */
  @Parameter(property = "prosodyoci.allowInsecureRegistries", defaultValue = "false")
  boolean allowInsecureRegistries;

  @Parameter(defaultValue = "${plugin.version}", readonly = true, required = true)
  private String version;

  private final SettingsDecrypter decrypter;

  RegistryGoal(String skipProperty, SettingsDecrypter decrypter) {
    super(skipProperty);
    this.decrypter = decrypter;
  }

  /** Returns how the registry of an image may be spoken to. */
  final RegistryAccess access(ImageName name) {
    return access(name, true);
  }

  /**
   * Returns how the registry of an image may be spoken to.
   *
   * @param properties whether the login of the properties is for this registry
   */
  final RegistryAccess access(ImageName name, boolean properties) {
    if (allowInsecureRegistries) {
      getLog().warn("prosodyoci.allowInsecureRegistries: others may read and change what is sent");
    }
    return new RegistryAccess(
        new SettingsLogin(session().getSettings(), decrypter)
            .find(
                name,
                Parameters.text(username).filter(user -> properties),
                Optional.ofNullable(password).filter(secret -> properties)),
        tokenHost,
        allowInsecureRegistries);
  }

  /** Returns where Docker and Podman keep logins. */
  final DockerCredentials credentials() {
    return new DockerCredentials(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  /** Returns what connects to registries. */
  final RegistryConnector connector() {
    return new RegistryConnector(
        new SettingsProxies(session().getRepositorySession()), "prosody-oci/" + version);
  }
}
