package io.github.prosodyoci.image;

import com.google.cloud.tools.jib.api.Credential;
import com.google.cloud.tools.jib.api.CredentialRetriever;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.frontend.CredentialRetrieverFactory;
import com.google.cloud.tools.jib.registry.credentials.CredentialRetrievalException;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Reasons;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Finds the login of a registry where Docker and Podman keep it: {@code $DOCKER_CONFIG/config.json}
 * or {@code ~/.docker/config.json} with the credential helpers that it names, {@code
 * $REGISTRY_AUTH_FILE}, {@code $XDG_RUNTIME_DIR/containers/auth.json}, and the helpers of
 * well-known registries.
 */
public final class DockerCredentials {

  /** The terminal colours that some of Jib's log events carry. */
  private static final Pattern COLOUR = Pattern.compile("\033\\[[0-9;]*m");

  private final Map<String, String> environment;
  private final Path home;

  /**
   * Creates a finder.
   *
   * @param environment the environment variables
   * @param home the user's home folder
   */
  public DockerCredentials(Map<String, String> environment, Path home) {
    this.environment = Map.copyOf(environment);
    this.home = home;
  }

  /**
   * Returns the login for an image's registry, if there is one.
   *
   * @param log takes what is worth knowing when a login is not found
   * @throws FailureException with {@link ImageCode#LOGIN_UNAVAILABLE} if a credential helper fails
   */
  Optional<RegistryLogin> find(ImageName name, Consumer<String> log) {
    CredentialRetrieverFactory factory =
        CredentialRetrieverFactory.forImage(
            ImageReference.of(name.registry(), name.repository(), name.tag()),
            event -> log.accept(COLOUR.matcher(event.getMessage()).replaceAll("")),
            environment);
    for (Map.Entry<String, CredentialRetriever> source : sources(factory).entrySet()) {
      try {
        Optional<Credential> found = source.getValue().retrieve();
        if (found.isPresent()) {
          return Optional.of(
              new RegistryLogin(
                  found.get().getUsername(), found.get().getPassword(), source.getKey()));
        }
      } catch (CredentialRetrievalException e) {
        throw Failure.of(
                ImageCode.LOGIN_UNAVAILABLE,
                "get",
                "the login of " + name.registry(),
                source.getKey() + ": " + Reasons.of(e))
            .toException(e);
      }
    }
    return Optional.empty();
  }

  private Map<String, CredentialRetriever> sources(CredentialRetrieverFactory factory) {
    Map<String, CredentialRetriever> sources = new LinkedHashMap<>();
    String folder = environment.getOrDefault("DOCKER_CONFIG", "");
    add(
        sources,
        factory,
        (folder.isEmpty() ? home.resolve(".docker") : Path.of(folder)).resolve("config.json"));
    String authFile = environment.getOrDefault("REGISTRY_AUTH_FILE", "");
    if (!authFile.isEmpty()) {
      add(sources, factory, Path.of(authFile));
    }
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    if (!runtime.isEmpty()) {
      add(sources, factory, Path.of(runtime, "containers", "auth.json"));
    }
    sources.put("a credential helper", factory.wellKnownCredentialHelpers());
    sources.put("Google's default credentials", factory.googleApplicationDefaultCredentials());
    return sources;
  }

  private static void add(
      Map<String, CredentialRetriever> sources, CredentialRetrieverFactory factory, Path file) {
    sources.put(file.toString(), factory.dockerConfig(file));
  }
}
