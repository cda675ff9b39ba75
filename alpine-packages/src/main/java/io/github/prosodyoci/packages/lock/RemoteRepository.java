package io.github.prosodyoci.packages.lock;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.packages.apk.PackageInfo;
import io.github.prosodyoci.packages.apk.TrustedKeys;
import io.github.prosodyoci.packages.resolve.ApkRules;
import io.github.prosodyoci.recipe.Origin;
import java.net.URI;

/**
 * A repository on the network.
 *
 * @param url its address without the architecture, as in {@code /etc/apk/repositories}
 * @param mirror another address to ask in its place; the same as {@code url} without one
 * @param tag the tag that world entries name it by; empty for an ordinary repository
 * @param keys the keys that count
 * @param rules those of the apk that it is made for
 */
public record RemoteRepository(
    String url, String mirror, String tag, TrustedKeys keys, ApkRules rules) {

  /**
   * Takes the slashes from the addresses' ends, and checks them.
   *
   * @throws FailureException if one is not an address that may be asked ({@code configuration})
   */
  public RemoteRepository {
    url = url.strip().replaceAll("/+$", "");
    mirror = mirror.isBlank() ? url : mirror.strip().replaceAll("/+$", "");
    checked(url);
    checked(mirror);
  }

  /**
   * Creates a repository that is made for apk 2.
   *
   * @throws FailureException if an address is not one that may be asked ({@code configuration})
   */
  public RemoteRepository(String url, String mirror, String tag, TrustedKeys keys) {
    this(url, mirror, tag, keys, ApkRules.APK_2);
  }

  private static URI checked(String address) {
    try {
      return new Origin.Https(URI.create(address)).address();
    } catch (IllegalArgumentException e) {
      throw Failure.of(CommonCode.CONFIGURATION, "use", "the repository " + address, Reasons.of(e))
          .advising("Correct <url> in <repository>.")
          .toException(e);
    }
  }

  URI index(Platform platform) {
    return checked(mirror + "/" + platform.apkArchitecture() + "/APKINDEX.tar.gz");
  }

  /** Returns where a package is, as it is recorded. */
  String file(Platform platform, PackageInfo info) {
    return url + "/" + platform.apkArchitecture() + "/" + info.fileName();
  }

  /** Returns where to ask for a recorded address. */
  URI asked(String recorded) {
    return checked(
        recorded.startsWith(url + "/") ? mirror + recorded.substring(url.length()) : recorded);
  }
}
