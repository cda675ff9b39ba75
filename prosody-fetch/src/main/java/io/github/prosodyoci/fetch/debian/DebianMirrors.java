package io.github.prosodyoci.fetch.debian;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.fetch.FetchCode;
import io.github.prosodyoci.recipe.Origin;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Mirrors of the Debian archive, in the order in which they are asked. None is trusted: every file
 * from them has a pinned digest, or is verified by the caller.
 *
 * @param archive roots of the main archive, the folder that holds {@code pool/} and {@code dists/}
 * @param security roots of the security archive
 */
public record DebianMirrors(List<URI> archive, List<URI> security) {

  /** A public mirror of the whole archive, the last to be asked. */
  public static final URI PUBLIC = URI.create("https://mirrors.kernel.org/debian");

  /** No mirrors. */
  public static final DebianMirrors NONE = new DebianMirrors(List.of(), List.of());

  /** Makes it immutable. */
  public DebianMirrors {
    archive = List.copyOf(archive);
    security = List.copyOf(security);
  }

  /**
   * Returns the configured mirrors, then those of the machine's apt configuration, then a public
   * one.
   *
   * @param configured addresses, separated by commas or white space; may be empty. One whose path
   *     ends in {@code debian-security} is a mirror of the security archive.
   * @param aptFolder the folder of apt's configuration, usually {@code /etc/apt}; it need not exist
   * @throws FailureException with {@link FetchCode#MIRROR} if a configured address is malformed
   */
  public static DebianMirrors discover(String configured, Path aptFolder) {
    List<URI> all = new ArrayList<>();
    for (String address : configured.split("[,\\s]+", -1)) {
      if (!address.isEmpty()) {
        all.add(configured(address));
      }
    }
    Set<URI> archive = new LinkedHashSet<>();
    Set<URI> security = new LinkedHashSet<>();
    for (URI mirror : all) {
      (isSecurity(mirror) ? security : archive).add(mirror);
    }
    for (URI mirror : AptConfiguration.mirrors(aptFolder)) {
      if (isSecurity(mirror)) {
        security.add(mirror);
      } else if (mirror.getPath().endsWith("/debian")) {
        archive.add(mirror);
      }
    }
    archive.add(PUBLIC);
    return new DebianMirrors(List.copyOf(archive), List.copyOf(security));
  }

  private static boolean isSecurity(URI mirror) {
    return mirror.getPath().endsWith("/debian-security");
  }

  private static URI configured(String address) {
    try {
      return mirror(address);
    } catch (IllegalArgumentException e) {
      throw Failure.of(
              FetchCode.MIRROR,
              "use",
              "the Debian mirror " + address.replaceFirst("//[^/@]*@", "//…@"),
              String.valueOf(e.getMessage()))
          .toException(e);
    }
  }

  /** Returns an address without slashes at its end; throws if it is not a mirror's. */
  static URI mirror(String address) {
    URI uri;
    try {
      uri = new URI(address.replaceFirst("/+$", ""));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("not an address (" + e.getReason() + ")", e);
    }
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    if (!(scheme.equals("http") || scheme.equals("https")) || uri.getHost() == null) {
      throw new IllegalArgumentException("not an http:// or https:// address");
    }
    if (uri.getRawUserInfo() != null) {
      throw new IllegalArgumentException("credentials in an address are not supported");
    }
    if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new IllegalArgumentException("a mirror's address has no query or fragment");
    }
    return uri;
  }

  /** Returns the addresses of a file of a package. The security archive comes last. */
  public List<URI> pool(Origin.Debian file) {
    List<URI> addresses = new ArrayList<>();
    // Some mirrors' storage reads an unescaped plus sign as a space.
    String path = file.poolFolder() + "/" + file.file();
    archive.forEach(root -> addresses.add(below(root, "pool/main/" + path)));
    security.forEach(root -> addresses.add(below(root, "pool/updates/main/" + path)));
    return addresses;
  }

  /** Returns the addresses of a file below {@code dists/}. */
  public List<URI> dists(Origin.DebianIndex file) {
    return (file.suite().endsWith("-security") ? security : archive)
        .stream().map(root -> below(root, "dists/" + file.suite() + "/" + file.path())).toList();
  }

  private static URI below(URI root, String path) {
    return URI.create(root + "/" + path.replace("+", "%2B"));
  }
}
