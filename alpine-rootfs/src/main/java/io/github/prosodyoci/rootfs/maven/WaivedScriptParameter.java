package io.github.prosodyoci.rootfs.maven;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.packages.PackagesException;
import io.github.prosodyoci.packages.PackagesException.Code;
import org.apache.maven.plugins.annotations.Parameter;

/** The parameter {@code script} of {@code waivedScripts}. */
public final class WaivedScriptParameter {

  /** The script's digest, {@code sha256:…}, as the error message names it. */
  @Parameter(required = true)
  String digest = "";

  /** Why the image does not need what the script does; the report repeats it. */
  @Parameter(required = true)
  String reason = "";

  Digest parsedDigest() {
    return Digest.parse(digest.strip());
  }

  String givenReason() {
    if (reason.isBlank()) {
      throw new PackagesException(
          Code.CONFIGURATION,
          "Could not waive the script " + digest + ": no <reason> is given. Say why.");
    }
    return reason.strip();
  }
}
