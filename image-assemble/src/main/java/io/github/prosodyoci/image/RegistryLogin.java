package io.github.prosodyoci.image;

/**
 * A user of a registry.
 *
 * @param username the name
 * @param password the password or token
 * @param from where it was found, for people
 */
public record RegistryLogin(String username, String password, String from) {

  /** Returns the login without its password. */
  @Override
  public String toString() {
    return username + " from " + from;
  }
}
