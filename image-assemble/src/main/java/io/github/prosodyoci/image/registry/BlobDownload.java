package io.github.prosodyoci.image.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A blob that is read from a registry. If the connection breaks, it goes on where it broke
 * (distribution-spec, "Pulling blobs": {@code Range}, RFC 9110, section 14.2).
 */
final class BlobDownload extends InputStream {

  private static final int ATTEMPTS = 5;
  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  private final RegistryConnection connection;
  private final URI address;
  private @Nullable InputStream in;
  private long at;

  BlobDownload(RegistryConnection connection, URI address) {
    this.connection = connection;
    this.address = address;
  }

  /**
   * Asks for the blob.
   *
   * @throws RegistryException if the registry does not give it
   * @throws IOException if it does not answer
   */
  InputStream open() throws IOException {
    Map<String, String> headers = at == 0 ? Map.of() : Map.of("Range", "bytes=" + at + "-");
    RegistryRequest request =
        new RegistryRequest("GET", address, headers, BodyPublishers::noBody, TIMEOUT, true);
    HttpResponse<InputStream> answer = connection.open(request);
    InputStream body = answer.body();
    boolean rest =
        answer.statusCode() == 206
            && answer
                .headers()
                .firstValue("Content-Range")
                .filter(range -> range.startsWith("bytes " + at + "-"))
                .isPresent();
    if (!rest) {
      if (answer.statusCode() != 200) {
        throw RegistryException.unexpected(RegistryHttp.read(request, answer));
      }
      body.skipNBytes(at);
    }
    in = body;
    return this;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        InputStream body = in;
        if (body == null) {
          open();
          continue;
        }
        int n = body.read(buffer, offset, length);
        at += Math.max(n, 0);
        return n;
      } catch (RegistryException e) {
        throw e;
      } catch (IOException e) {
        close();
        if (attempt >= ATTEMPTS || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        connection.pause(null, attempt);
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (in != null) {
      in.close();
      in = null;
    }
  }
}
