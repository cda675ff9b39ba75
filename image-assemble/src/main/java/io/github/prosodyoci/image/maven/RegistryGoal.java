package io.github.prosodyoci.image.maven;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.image.DockerCredentials;
import io.github.prosodyoci.image.ImageName;
import io.github.prosodyoci.image.Registries;
import io.github.prosodyoci.image.RegistryAccess;
import io.github.prosodyoci.image.registry.RegistryConnector;
import io.github.prosodyoci.maven.Parameters;
import io.github.prosodyoci.maven.PlatformGoal;
import io.github.prosodyoci.maven.SettingsProxies;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.settings.crypto.SettingsDecrypter;
import org.jspecify.annotations.Nullable;

/** A goal that talks to registries, of this module or another one. */
public abstract class RegistryGoal extends PlatformGoal {

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

  /**
   * Creates a goal.
   *
   * @param skipProperty the property that skips it
   * @param decrypter decrypts the passwords of {@code settings.xml}
   */
  protected RegistryGoal(String skipProperty, SettingsDecrypter decrypter) {
    super(skipProperty);
    this.decrypter = decrypter;
  }

  /** Returns how the registry of an image may be spoken to. */
  protected final RegistryAccess access(ImageName name) {
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
  protected final DockerCredentials credentials() {
    return new DockerCredentials(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  /** Returns what connects to registries. */
  protected final RegistryConnector connector() {
    return new RegistryConnector(
        new SettingsProxies(session().getRepositorySession()), "prosody-oci/" + version);
  }

  /**
   * Returns what comes of working in an image's repository.
   *
   * @param task {@code push} or {@code pull}
   * @throws io.github.prosodyoci.core.FailureException with {@code CONFIGURATION} if Maven is
   *     offline; otherwise as {@link Registries#use} does
   */
  protected final <T> T use(String task, ImageName name, Registries.Use<T> use) {
    requireOnline(task, name.text());
    return new Registries(credentials(), connector(), getLog()::debug)
        .use(task, name, access(name), List.of(), use);
  }

  /**
   * Refuses to go on if Maven is offline.
   *
   * @param task what would be done, such as {@code push}
   * @param thing what it would be done to
   * @throws io.github.prosodyoci.core.FailureException with {@code CONFIGURATION}
   */
  protected final void requireOnline(String task, String thing) {
    if (session().isOffline()) {
      throw Failure.of(CommonCode.CONFIGURATION, task, thing, "Maven is offline")
          .advising("Leave out -o.")
          .toException();
    }
  }
}
