package io.github.prosodyoci.image.registry;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An answer of a registry that is not the one asked for. */
public final class RegistryException extends IOException {

  private static final long serialVersionUID = 1L;
  private static final int SHOWN = 300;

  private final Kind kind;
  private final int status;
  private final @Nullable String error;
  private final @Nullable String advice;

  /** What is wrong with an answer. */
  public enum Kind {
    /** Status 401: a login is missing or not accepted. */
    UNAUTHORIZED,
    /** Status 403: the user is known, and may not do this. */
    DENIED,
    /** Another status than the specification has for success. */
    OTHER_STATUS,
    /** The answer breaks the specification. */
    PROTOCOL,
    /** Doing what the answer asks for could give the login away. */
    UNSAFE
  }

  private RegistryException(
      Kind kind, int status, @Nullable String error, String message, @Nullable String advice) {
    super(message);
    this.kind = kind;
    this.status = status;
    this.error = error;
    this.advice = advice;
  }

  /** The body of an error (distribution-spec, "Error Codes"). */
  private record Errors(@Nullable List<Problem> errors) {}

  private record Problem(@Nullable String code, @Nullable String message) {}

  /** Returns the exception for an answer with an unexpected status. */
  static RegistryException unexpected(RegistryResponse response) {
    Problem problem = problem(response.body());
    String detail =
        Stream.of(problem.code(), problem.message())
            .filter(text -> text != null && !text.isBlank())
            .map(text -> " " + text.strip())
            .collect(Collectors.joining());
    return new RegistryException(
        switch (response.status()) {
          case 401 -> Kind.UNAUTHORIZED;
          case 403 -> Kind.DENIED;
          default -> Kind.OTHER_STATUS;
        },
        response.status(),
        problem.code(),
        response.request() + " was answered with " + response.status() + detail,
        null);
  }

  /** Returns the exception for content that has another digest than it should. */
  static RegistryException digest(RegistryRequest request, Digest expected, Object found) {
    return protocol(request + " was answered with the digest " + found + " instead of " + expected);
  }

  /** Returns the exception for an answer that breaks the specification. */
  static RegistryException protocol(String reason) {
    return new RegistryException(Kind.PROTOCOL, 0, null, reason, null);
  }

  /** Returns the exception for an answer that leads where a login must not go. */
  static RegistryException unsafe(String reason, @Nullable String advice) {
    return new RegistryException(Kind.UNSAFE, 0, null, reason, advice);
  }

  private static Problem problem(byte[] body) {
    try {
      Errors errors = Json.parse("the error", body, Errors.class);
      if (errors.errors() != null && !errors.errors().isEmpty()) {
        return errors.errors().get(0);
      }
    } catch (IOException e) {
      // Proxies answer with HTML or nothing; whatever it is, it is shown as text.
    }
    String text = new String(body, StandardCharsets.UTF_8).replaceAll("\\s+", " ");
    return new Problem(null, text.substring(0, Math.min(SHOWN, text.length())));
  }

  /** Returns what is wrong with the answer. */
  public Kind kind() {
    return kind;
  }

  /** Returns the HTTP status, or 0 if the status was not what was wrong. */
  public int status() {
    return status;
  }

  /** Returns the registry's own code of the error, such as {@code DENIED}, if it named one. */
  public Optional<String> error() {
    return Optional.ofNullable(error);
  }

  /** Returns what the user can do about it, in whole sentences, if that is known here. */
  public Optional<String> advice() {
    return Optional.ofNullable(advice);
  }
}
