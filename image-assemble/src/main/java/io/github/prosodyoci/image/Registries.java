package io.github.prosodyoci.image;

import io.github.prosodyoci.image.registry.ImageRepository;
import io.github.prosodyoci.image.registry.RegistryConnector;
import io.github.prosodyoci.image.registry.RegistryConnector.Target;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Opens repositories with the login that belongs to their registry. */
public final class Registries {

  private static final Pattern LOOPBACK =
      Pattern.compile("(localhost|127(\\.[0-9]{1,3}){3})(:[0-9]+)?");

  private final DockerCredentials credentials;
  private final RegistryConnector connector;
  private final Consumer<String> debug;

  /**
   * Creates what opens repositories.
   *
   * @param credentials where Docker and Podman keep logins
   * @param connector speaks to registries
   * @param debug receives a line about each login that is used
   */
  public Registries(
      DockerCredentials credentials, RegistryConnector connector, Consumer<String> debug) {
    this.credentials = credentials;
    this.connector = connector;
    this.debug = debug;
  }

  /** What is done with an open repository. */
  @FunctionalInterface
  public interface Use<T> {
    /**
     * Returns what comes of it.
     *
     * @throws IOException if the registry does not do what it is asked for
     */
    T with(ImageRepository repository) throws IOException;
  }

  /**
   * Returns what comes of using a repository.
   *
   * @param task what is done: {@code push} needs the right to write
   * @param others repositories of the same registry that blobs may be taken from
   * @throws io.github.prosodyoci.core.FailureException if the registry cannot be reached, or
   *     refuses, or content is damaged
   */
  public <T> T use(
      String task, ImageName name, RegistryAccess access, List<String> others, Use<T> use) {
    return useLong(task, name, access, others, (repository, failure) -> use.with(repository));
  }

  /** What is done with an open repository, and goes on reading it in what others do. */
  @FunctionalInterface
  interface LongUse<T> {
    T with(ImageRepository repository, RegistryFailure failure) throws IOException;
  }

  /** Does what {@link #use} does, and says how to explain a failure elsewhere. */
  <T> T useLong(
      String task, ImageName name, RegistryAccess access, List<String> others, LongUse<T> use) {
    Optional<RegistryLogin> login =
        access.login() != null ? Optional.of(access.login()) : credentials.find(name, debug);
    debug.accept("Login: " + login.map(RegistryLogin::toString).orElse("none"));
    Target target =
        new Target(
            name.registry(),
            name.repository(),
            login.map(RegistryLogin::credentials),
            access.tokenHost(),
            others,
            task.equals("push"),
            access.allowInsecure() || LOOPBACK.matcher(name.registry()).matches());
    RegistryFailure failure = new RegistryFailure(task, name, login);
    try {
      return use.with(connector.connect(target), failure);
    } catch (IOException e) {
      throw failure.apply(e);
    }
  }
}
