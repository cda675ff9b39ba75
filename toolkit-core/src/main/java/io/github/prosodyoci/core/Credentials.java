package io.github.prosodyoci.core;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** Knows who to log in as, at servers and proxies. */
public interface Credentials {

  /** Knows nobody. */
  Credentials NONE = new Credentials() {};

  /** Returns the login for the server of an address, whose host is the one that was asked for. */
  default Optional<Login> server(URI address) {
    return Optional.empty();
  }

  /** Returns the login for the proxy that leads to an address. */
  default Optional<Login> proxy(URI address) {
    return Optional.empty();
  }

  /**
   * A user and a password (RFC 7617, "Basic").
   *
   * @param user without a colon
   */
  record Login(String user, String password) {

    /**
     * Checks the user.
     *
     * @throws IllegalArgumentException if a colon stands in it, which Basic cannot convey
     */
    public Login {
      if (user.indexOf(':') >= 0) {
        throw new IllegalArgumentException("a user name for a server has a colon in it");
      }
    }

    /** Returns the value of the header. */
    public String header() {
      return "Basic "
          + Base64.getEncoder()
              .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the user alone. */
    @Override
    public String toString() {
      return user + ":…";
    }
  }
}
