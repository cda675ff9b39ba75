package io.github.prosodyoci.image;

import io.github.prosodyoci.image.registry.RegistryException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says why a push failed, and what to do about it. */
final class PushFailure {

  private static final Pattern LOOPBACK =
      Pattern.compile("(localhost|127(\\.[0-9]{1,3}){3})(:[0-9]+)?");

  private PushFailure() {}

  /** Returns whether a registry, by its name, is on this machine. */
  static boolean isLoopback(String registry) {
    return LOOPBACK.matcher(registry).matches();
  }

  /** Returns the exception that tells the user what went wrong. */
  static ImageException explain(ImageName name, Optional<RegistryLogin> login, IOException e) {
    String registry = name.registry();
    if (e instanceof RegistryException answer && answer.status() == 401) {
      return unauthorized(name, login, e);
    }
    if (e instanceof RegistryException answer && answer.status() == 403 && login.isPresent()) {
      return problem(
          name,
          registry + " does not allow " + login.get() + " to push to " + name.repository(),
          "Ask its administrator for write access",
          e);
    }
    if (e instanceof RegistryException) {
      return problem(name, String.valueOf(e.getMessage()), "The registry's log may say more", e);
    }
    if (e instanceof InterruptedIOException && !(e instanceof HttpTimeoutException)) {
      return problem(name, "interrupted", "Push again", e);
    }
    SSLException tls = cause(e, SSLException.class);
    if (tls != null) {
      return problem(
          name,
          registry + " does not speak TLS with a trusted certificate: " + tls.getMessage(),
          "Add its authority to a trust store (MAVEN_OPTS=-Djavax.net.ssl.trustStore=…). In a"
              + " network where nobody else listens: -Dprosodyoci.allowInsecureRegistries",
          e);
    }
    if (cause(e, UnknownHostException.class) != null
        || cause(e, UnresolvedAddressException.class) != null) {
      return problem(
          name, "there is no host named " + registry, "Check prosodyoci.image and the network", e);
    }
    if (e instanceof HttpTimeoutException) {
      return problem(name, registry + " did not answer in time", "Push again later", e);
    }
    if (cause(e, ConnectException.class) != null) {
      return problem(
          name,
          registry + " does not accept connections",
          "Check that the registry is running, its port, and whether a proxy is needed"
              + " (<proxies> of settings.xml)",
          e);
    }
    return problem(
        name,
        "the connection to " + registry + " failed: " + e,
        "Push again; what was uploaded is not uploaded twice",
        e);
  }

  private static <T extends Throwable> @Nullable T cause(Throwable e, Class<T> type) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return type.cast(cause);
      }
    }
    return null;
  }

  private static ImageException unauthorized(
      ImageName name, Optional<RegistryLogin> login, IOException e) {
    if (login.isEmpty()) {
      return problem(
          name,
          name.registry() + " wants a login, and none was found",
          "Run docker login "
              + name.registry()
              + ", or add a server with that id to settings.xml, or set prosodyoci.auth.username"
              + " and prosodyoci.auth.password",
          e);
    }
    return problem(
        name,
        name.registry() + " refused the login of " + login.get(),
        "Check name and password",
        e);
  }

  private static ImageException problem(
      ImageName name, String reason, String advice, Throwable cause) {
    return new ImageException("Could not push " + name + ": " + reason + ". " + advice, cause);
  }
}
