package io.github.prosodyoci.fetch.http;

import io.github.prosodyoci.core.Reasons;
import java.net.URI;

/** Addresses as messages and reports show them. */
public final class Addresses {

  private Addresses() {}

  /** Returns an address without its user, and without its query, which may hold a token. */
  public static String shown(URI address) {
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
