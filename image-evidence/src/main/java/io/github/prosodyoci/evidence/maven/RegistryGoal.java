package io.github.prosodyoci.evidence.maven;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.evidence.store.ArtifactStore;
import io.github.prosodyoci.evidence.store.RegistryStore;
import io.github.prosodyoci.image.DockerCredentials;
import io.github.prosodyoci.image.ImageName;
import io.github.prosodyoci.image.Registries;
import io.github.prosodyoci.image.RegistryAccess;
import io.github.prosodyoci.image.maven.SettingsLogin;
import io.github.prosodyoci.image.registry.RegistryConnector;
import io.github.prosodyoci.maven.Parameters;
import io.github.prosodyoci.maven.PlatformGoal;
import io.github.prosodyoci.maven.SettingsProxies;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.settings.crypto.SettingsDecrypter;
import org.jspecify.annotations.Nullable;

/** A goal that works on an image in a registry. */
abstract class RegistryGoal extends PlatformGoal {

  /** The user of the registry. Better: {@code docker login}, or {@code settings.xml}. */
  @Parameter(property = "prosodyoci.auth.username")
  @Nullable String username;

  /** The password of the user. */
  @Parameter(property = "prosodyoci.auth.password")
  @Nullable String password;

  /**
   * A host outside of the registry's own domain that may be given the login to make a token of it.
   */
  @Parameter(property = "prosodyoci.auth.tokenHost")
  @Nullable String tokenHost;

  /**
   * Lets the login go out over plain HTTP or unverified TLS, which a registry on {@code localhost}
   * does not need.
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

  /** What is done in a repository. */
  @FunctionalInterface
  interface Use<T> {
    T with(ArtifactStore store) throws IOException;
  }

  /**
   * Returns what comes of working in an image's repository.
   *
   * @param task {@code push} or {@code pull}
   */
  final <T> T use(String task, ImageName name, Use<T> use) {
    if (session().isOffline()) {
      throw Failure.of(CommonCode.CONFIGURATION, task, name.text(), "Maven is offline")
          .advising("Leave out -o.")
          .toException();
    }
    Registries registries =
        new Registries(
            new DockerCredentials(System.getenv(), Path.of(System.getProperty("user.home"))),
            new RegistryConnector(
                new SettingsProxies(session().getRepositorySession()), "prosody-oci/" + version),
            getLog()::debug);
    RegistryAccess access =
        new RegistryAccess(
            new SettingsLogin(session().getSettings(), decrypter)
                .find(name, Parameters.text(username), Optional.ofNullable(password)),
            tokenHost,
            allowInsecureRegistries);
    return registries.use(
        task, name, access, List.of(), repository -> use.with(new RegistryStore(repository)));
  }
}
