package io.github.prosodyoci.packages.maven;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.apk.TrustedKeys;
import io.github.prosodyoci.packages.lock.DeclaredRepository;
import io.github.prosodyoci.packages.lock.RemoteRepository;
import io.github.prosodyoci.packages.resolve.ApkRules;
import java.io.File;
import java.io.IOException;
import java.util.function.Consumer;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** The parameter {@code repository}. */
public final class RepositoryParameter {

  /**
   * The folder that holds a folder with packages and index for each architecture. Either this or
   * {@code url} is needed.
   */
  @Parameter @Nullable File location;

  /**
   * The repository's address without the architecture, as in {@code /etc/apk/repositories}. What
   * comes from there is pinned by a lock; see the goal {@code lock}.
   */
  @Parameter String url = "";

  /** Another address to ask in place of {@code url}; the lock names {@code url} in any case. */
  @Parameter String mirror = "";

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

  /**
   * Whether what this repository has is taken from no other one, whatever versions others have: for
   * packages that this build itself makes. Only with {@code location}.
   */
  @Parameter boolean preferred;

  /**
   * The major version of the apk that the repository is made for, whose rules decide which of its
   * packages are chosen: 3 for Alpine 3.23 and later, and for Wolfi.
   */
  @Parameter int apk = 2;

  boolean isRemote() {
    return !url.isBlank();
  }

  DeclaredRepository read(Platform platform, Consumer<String> warnings) throws IOException {
    if (isRemote()) {
      if (location != null || preferred) {
        throw unusable(url, "it has a <url>, and so neither <location> nor <preferred>")
            .advising("Take one away.")
            .toException();
      }
      return DeclaredRepository.remote(
          new RemoteRepository(url, mirror, tag, trusted(url, warnings), rules(platform)));
    }
    if (location == null) {
      throw unusable("", "it has neither a <location> nor a <url>")
          .advising("Set one of the two.")
          .toException();
    }
    return DeclaredRepository.local(
        PackageRepository.open(
                location.toString(),
                tag,
                location.toPath(),
                platform,
                trusted(location.toString(), warnings),
                failure -> warnings.accept(failure.getMessage()))
            .withRules(rules(platform)),
        preferred);
  }

  private ApkRules rules(Platform platform) {
    return switch (apk) {
      case 2 -> ApkRules.APK_2;
      case 3 -> ApkRules.apk3(platform);
      default ->
          throw unusable(url, "it is made for apk " + apk)
              .expecting("<apk>2</apk> or <apk>3</apk>")
              .advising("Correct <apk>.")
              .toException();
    };
  }

  private TrustedKeys trusted(String repository, Consumer<String> warnings) throws IOException {
    if (keys == null) {
      throw unusable(repository, "it has no <keys>").advising("Set them.").toException();
    }
    TrustedKeys trusted = TrustedKeys.read(keys.toPath());
    if (allowSha1.isBlank()) {
      return trusted;
    }
    warnings.accept("Signatures over SHA-1 count for " + repository + ": " + allowSha1.strip());
    return trusted.withSha1Exception();
  }

  private static Failure unusable(String repository, String found) {
    return Failure.of(
        CommonCode.CONFIGURATION, "use", ("the repository " + repository).strip(), found);
  }
}
