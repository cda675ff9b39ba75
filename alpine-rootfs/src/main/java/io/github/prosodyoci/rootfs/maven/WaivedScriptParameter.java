package io.github.prosodyoci.rootfs.maven;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.maven.Parameters;
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
    return Parameters.parse("waivedScripts.script.digest", digest, Digest::parse);
  }

  String givenReason() {
    if (reason.isBlank()) {
      throw Failure.of(
              CommonCode.CONFIGURATION, "waive", "the script " + digest, "no <reason> is given")
          .advising("Say why.")
          .toException();
    }
    return reason.strip();
  }
}
