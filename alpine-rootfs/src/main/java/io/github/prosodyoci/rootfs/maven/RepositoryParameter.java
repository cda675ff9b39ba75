package io.github.prosodyoci.rootfs.maven;

import io.github.prosodyoci.archive.Platform;
import io.github.prosodyoci.rootfs.RootfsException;
import io.github.prosodyoci.rootfs.RootfsException.Code;
import io.github.prosodyoci.rootfs.apk.TrustedKeys;
import io.github.prosodyoci.rootfs.install.PackageRepository;
import java.io.File;
import java.io.IOException;
import java.util.function.Consumer;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** The parameter {@code repository}. */
public final class RepositoryParameter {

  /** The folder that holds a folder with packages and index for each architecture. */
  @Parameter(required = true)
  @Nullable File location;

  /** The folder with the public keys ({@code *.pub}), one of which must have signed the index. */
  @Parameter(required = true)
  @Nullable File keys;

  /** The tag that packages are asked for by ({@code name@tag}); empty for none. */
  @Parameter String tag = "";

  /**
   * Why signatures over SHA-1 are good enough, as official Alpine repositories have no others;
   * empty to refuse them.
   */
  @Parameter String allowSha1 = "";

  PackageRepository open(Platform platform, Consumer<String> warnings) throws IOException {
    if (location == null || keys == null) {
      throw new RootfsException(
          Code.CONFIGURATION,
          "Could not use a repository: it has no <location> or no <keys>. Set both.");
    }
    TrustedKeys trusted = TrustedKeys.read(keys.toPath());
    if (!allowSha1.isBlank()) {
      warnings.accept("Signatures over SHA-1 count for " + location + ": " + allowSha1.strip());
      trusted = trusted.withSha1Exception();
    }
    return PackageRepository.open(location.toString(), tag, location.toPath(), platform, trusted);
  }
}
