package io.github.prosodyoci.image;

import com.google.cloud.tools.jib.api.RegistryAuthenticationFailedException;
import com.google.cloud.tools.jib.api.RegistryUnauthorizedException;
import com.google.cloud.tools.jib.http.ResponseException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says whether a registry may be talked to, and why talking to it went wrong. */
final class RegistryCheck {

  private static final Pattern LOOPBACK =
      Pattern.compile("(localhost|127(\\.[0-9]{1,3}){3})(:[0-9]+)?");
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private RegistryCheck() {}

  /** Returns whether a registry, by its name, lies on this machine. */
  static boolean isLoopback(String registry) {
    return LOOPBACK.matcher(registry).matches();
  }

  /**
   * Checks that a registry speaks TLS with a certificate that this JVM trusts. Jib's client would
   * find that out too, but only after a minute of trying again.
   *
   * @throws ImageException if it does not, or does not answer at all
   */
  static void requireVerifiedTls(ImageName name) {
    HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("https://" + name.registry() + "/v2/"))
            .timeout(TIMEOUT)
            .build();
    try {
      client.send(request, BodyHandlers.discarding());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ImageException("Could not push " + name + ": interrupted. Push again", e);
    } catch (IOException e) {
      throw explain(name, Optional.empty(), e);
    }
  }

  /** Returns the exception that tells the user what went wrong, and what to do about it. */
  static ImageException explain(ImageName name, Optional<RegistryLogin> login, Exception e) {
    Throwable root = root(e);
    if (e instanceof ImageException known) {
      return known;
    }
    if (e instanceof RegistryUnauthorizedException
        || e instanceof RegistryAuthenticationFailedException) {
      return unauthorized(name, login, e);
    }
    if (root instanceof SSLException) {
      return problem(
          name,
          name.registry() + " does not speak TLS with a trusted certificate: " + root.getMessage(),
          "Only in a network where nobody else listens: -Dprosodyoci.allowInsecureRegistries",
          e);
    }
    if (root instanceof UnknownHostException || root instanceof UnresolvedAddressException) {
      return problem(
          name,
          "there is no host of the name " + name.registry(),
          "Check prosodyoci.image and the network",
          e);
    }
    if (root instanceof ConnectException) {
      return problem(
          name,
          name.registry() + " does not answer: " + root.getMessage(),
          "Check that the registry runs and that a proxy is set if one is needed"
              + " (-Dhttps.proxyHost)",
          e);
    }
    return problem(
        name,
        String.valueOf(e.getMessage() == null ? e : e.getMessage()),
        "See the registry's log for more",
        e);
  }

  private static Throwable root(Throwable e) {
    Throwable root = e;
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      root = cause;
      if (cause instanceof SSLException) {
        break;
      }
    }
    return root;
  }

  private static ImageException unauthorized(
      ImageName name, Optional<RegistryLogin> login, Exception e) {
    if (login.isEmpty()) {
      return problem(
          name,
          name.registry() + " wants a login, and none was found",
          "Run docker login "
              + name.registry()
              + ", or add a server of that id to settings.xml, or set prosodyoci.auth.username and"
              + " prosodyoci.auth.password",
          e);
    }
    boolean forbidden = status(e) == 403;
    return problem(
        name,
        name.registry()
            + (forbidden ? " does not let user " : " refused the login of user ")
            + login.get()
            + (forbidden ? " push to " + name.repository() : ""),
        forbidden ? "Ask for the right to push there" : "Check name and password",
        e);
  }

  private static int status(Exception e) {
    return e.getCause() instanceof ResponseException response ? response.getStatusCode() : 0;
  }

  private static ImageException problem(
      ImageName name, String reason, String advice, @Nullable Throwable cause) {
    return new ImageException("Could not push " + name + ": " + reason + ". " + advice, cause);
  }
}
