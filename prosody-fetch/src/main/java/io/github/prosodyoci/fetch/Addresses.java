package io.github.prosodyoci.fetch;

import io.github.prosodyoci.core.Reasons;
import java.net.URI;

/** Addresses as they may be shown. */
final class Addresses {

  private Addresses() {}

  /**
   * Returns an address as it stands in messages and reports: without user, and without what follows
   * a question mark, since tokens are given there.
   */
  static String shown(URI address) {
    return shown(address.toString());
  }

  static String shown(String address) {
    int end = address.length();
    for (int i = 0; i < end; i++) {
      if (address.charAt(i) == '?' || address.charAt(i) == '#') {
        end = i;
      }
    }
    String query = end < address.length() && address.charAt(end) == '?' ? "?…" : "";
    return Reasons.printable(address.substring(0, end).replaceFirst("//[^/@]*@", "//…@") + query);
  }
}
