package io.github.prosodyoci.image.registry;

import io.github.prosodyoci.core.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An answer of a registry that is not the one asked for. */
public final class RegistryException extends IOException {

  private static final long serialVersionUID = 1L;
  private static final int SHOWN = 300;

  private final int status;

  private RegistryException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** The body of an error (distribution-spec, "Error Codes"). */
  private record Errors(@Nullable List<Problem> errors) {}

  private record Problem(@Nullable String code, @Nullable String message) {}

  /** Returns the exception for an answer with an unexpected status. */
  static RegistryException unexpected(RegistryResponse response) {
    return new RegistryException(
        response.status(),
        response.request() + " was answered with " + response.status() + detail(response));
  }

  /** Returns the exception for an answer that breaks the specification or a rule of ours. */
  static RegistryException refused(String reason) {
    return new RegistryException(0, reason);
  }

  private static String detail(RegistryResponse response) {
    String text = new String(response.body(), StandardCharsets.UTF_8);
    try {
      Errors errors = Json.parse("the error", response.body(), Errors.class);
      if (errors.errors() != null && !errors.errors().isEmpty()) {
        Problem first = errors.errors().get(0);
        text = first.code() + (first.message() == null ? "" : " " + first.message());
      }
    } catch (IOException e) {
      // Proxies answer with HTML or nothing; whatever it is, it is shown as text.
      text = text.strip();
    }
    String printable = text.replaceAll("[^\\x20-\\x7e]+", " ");
    return printable.isBlank()
        ? ""
        : ": " + printable.substring(0, Math.min(SHOWN, printable.length()));
  }

  /** Returns the HTTP status, or 0 if the status was not what was wrong. */
  public int status() {
    return status;
  }
}
