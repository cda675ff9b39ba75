package io.github.prosodyoci.it;

import io.github.prosodyoci.it.container.Container;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Uploads by HTTP (XEP-0363), step by step. */
final class Uploads {

  /**
   * What the server grants for one file.
   *
   * @param put where to send it
   * @param get where others find it
   * @param authorization the header that proves the right to send it
   */
  record Slot(URI put, URI get, String authorization) {}

  private Uploads() {}

  /** Asks a component for a slot. */
  static Slot request(RawStream user, String component, String file, String content)
      throws IOException {
    String slot =
        user.get(
            "get",
            component,
            "<request xmlns='urn:xmpp:http:upload:0' filename='"
                + file
                + "' size='"
                + content.getBytes(StandardCharsets.UTF_8).length
                + "' content-type='text/plain'/>");
    return new Slot(
        URI.create(found(slot, "<put url='([^']+)'")),
        URI.create(found(slot, "<get url='([^']+)'")),
        found(slot, "<header name='Authorization'>([^<]+)<"));
  }

  /** Sends a file to where the slot says, and returns the status. */
  static int put(Container server, Slot slot, String content) throws IOException {
    return Web.send(withContent(Web.request(server, slot.put()), slot, content)).statusCode();
  }

  /** Returns a request that sends a file. */
  static HttpRequest withContent(HttpRequest.Builder request, Slot slot, String content) {
    return request
        .header("Authorization", slot.authorization())
        .header("Content-Type", "text/plain")
        .PUT(HttpRequest.BodyPublishers.ofString(content))
        .build();
  }

  /** Returns a request as a reverse proxy passes it on: in the clear, to the HTTP port. */
  static HttpRequest.Builder proxied(Container server, URI address, String host) {
    return HttpRequest.newBuilder(Web.reach(server, "http", Web.HTTP_PORT, address.getRawPath()))
        .header("Host", host)
        .header("X-Forwarded-Proto", "https")
        .header("X-Forwarded-For", "192.0.2.1");
  }

  private static String found(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    if (!matcher.find()) {
      throw new AssertionError("No " + pattern + " in " + text);
    }
    return matcher.group(1);
  }
}
