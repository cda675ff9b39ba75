package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Credentials;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;

/**
 * A user of a registry.
 *
 * @param username the name
 * @param password the password or token
 * @param from where it was found, for people
 */
public record RegistryLogin(String username, String password, String from) {

  /**
   * Returns user and password alone.
   *
   * @throws FailureException with {@link ImageCode#LOGIN_REFUSED} if the user name has a colon,
   *     which HTTP's Basic scheme cannot convey (RFC 7617, section 2)
   */
  Credentials.Login credentials() {
    if (username.indexOf(':') >= 0) {
      throw Failure.of(
              ImageCode.LOGIN_REFUSED, "log in", "as " + this, "a user name cannot have a colon")
          .toException();
    }
    return new Credentials.Login(username, password);
  }

  /** Returns the login without its password. */
  @Override
  public String toString() {
    return "user " + username + " (login from " + from + ")";
  }
}
