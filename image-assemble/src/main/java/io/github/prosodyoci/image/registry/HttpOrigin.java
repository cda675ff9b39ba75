package io.github.prosodyoci.image.registry;

import java.net.URI;
import java.util.Locale;

/**
 * What a login belongs to: the scheme, host and port of an address (RFC 6454, section 4).
 *
 * @param scheme {@code https} or {@code http}
 * @param host the host in lower case
 * @param port the port, the scheme's default one included
 */
record HttpOrigin(String scheme, String host, int port) {

  /**
   * Returns the origin of an address.
   *
   * @throws IllegalArgumentException if it is not an absolute http or https address
   */
  static HttpOrigin of(URI address) {
    String scheme = address.getScheme() == null ? "" : address.getScheme().toLowerCase(Locale.ROOT);
    if (address.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
      throw new IllegalArgumentException("not an http or https address: " + address);
    }
    int port = address.getPort() >= 0 ? address.getPort() : scheme.equals("https") ? 443 : 80;
    return new HttpOrigin(scheme, address.getHost().toLowerCase(Locale.ROOT), port);
  }

  /** Returns whether what is sent there is protected by TLS. */
  boolean isSecure() {
    return scheme.equals("https");
  }

  @Override
  public String toString() {
    return scheme + "://" + host + ":" + port;
  }
}
