package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.image.registry.RegistryException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says why a registry did not do what it should, and what to do about it. */
final class RegistryFailure implements Function<IOException, FailureException> {

  private final String task;
  private final ImageName name;
  private final Optional<RegistryLogin> login;

  /**
   * Creates an explanation.
   *
   * @param task what was being done: {@code push}, {@code pull} or {@code copy}
   */
  RegistryFailure(String task, ImageName name, Optional<RegistryLogin> login) {
    this.task = task;
    this.name = name;
    this.login = login;
  }

  /** Returns the exception that tells the user what went wrong. */
  @Override
  public FailureException apply(IOException e) {
    FailureException known = cause(e, FailureException.class);
    if (known != null) {
      // A blob that changed while it was sent.
      return known;
    }
    if (FileFailures.isInterrupt(e)) {
      return FileFailures.interrupted(task, name.text(), e);
    }
    return failure(e).toException(e);
  }

  private Failure failure(IOException e) {
    String registry = name.registry();
    if (e instanceof RegistryException answer) {
      return answered(answer);
    }
    SSLException tls = cause(e, SSLException.class);
    if (tls != null) {
      return failure(
          ImageCode.UNTRUSTED_CERTIFICATE,
          registry + " does not speak TLS with a trusted certificate: " + Reasons.of(tls));
    }
    if (cause(e, UnknownHostException.class) != null
        || cause(e, UnresolvedAddressException.class) != null) {
      return failure(ImageCode.UNKNOWN_HOST, "there is no host named " + registry);
    }
    if (e instanceof HttpTimeoutException) {
      return failure(ImageCode.TIMEOUT, registry + " did not answer in time");
    }
    if (cause(e, ConnectException.class) != null) {
      return failure(ImageCode.CONNECTION_REFUSED, registry + " does not accept connections");
    }
    return failure(
        ImageCode.CONNECTION_FAILED, "the connection to " + registry + " failed: " + Reasons.of(e));
  }

  private Failure answered(RegistryException answer) {
    String registry = name.registry();
    String user = login.map(RegistryLogin::toString).orElse("anonymous users");
    return switch (answer.kind()) {
      case UNSAFE -> {
        Failure unsafe = failure(ImageCode.REGISTRY_UNSAFE, Reasons.of(answer));
        yield answer.advice().map(unsafe::advising).orElse(unsafe);
      }
      case PROTOCOL -> failure(ImageCode.REGISTRY_PROTOCOL, Reasons.of(answer));
      case UNAUTHORIZED ->
          login.isPresent()
              ? failure(ImageCode.LOGIN_REFUSED, registry + " refused the login of " + user)
              : failure(
                      ImageCode.LOGIN_REQUIRED, registry + " requires a login, and none was found")
                  .advising(
                      "Run docker login "
                          + registry
                          + ", or add a server with that id to settings.xml, or set"
                          + " prosodyoci.auth.username and prosodyoci.auth.password.");
      case DENIED ->
          failure(
              ImageCode.FORBIDDEN,
              registry
                  + " does not allow "
                  + user
                  + (task.equals("push") ? " to push to " : " to use ")
                  + name.repository());
      case OTHER_STATUS -> failure(ImageCode.REGISTRY_ERROR, Reasons.of(answer));
    };
  }

  private Failure failure(ImageCode code, String found) {
    return Failure.of(code, task, name.text(), found);
  }

  private static <T extends Throwable> @Nullable T cause(Throwable e, Class<T> type) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return type.cast(cause);
      }
    }
    return null;
  }
}
