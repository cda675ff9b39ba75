package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Credentials;

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
   * @throws ImageException if the user name has a colon, which HTTP's Basic scheme cannot convey
   */
  Credentials.Login credentials() {
    if (username.indexOf(':') >= 0) {
      throw new ImageException(
          "Could not log in as " + this + ": a user name cannot have a colon. Check the login");
    }
    return new Credentials.Login(username, password);
  }

  /** Returns the login without its password. */
  @Override
  public String toString() {
    return "user " + username + " (" + from + ")";
  }
}
