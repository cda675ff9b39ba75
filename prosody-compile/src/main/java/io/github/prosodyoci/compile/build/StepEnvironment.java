package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.run.Sandbox;
import io.github.prosodyoci.compile.run.Shell;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.recipe.Recipe;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;

/** The environment of a step (docs/recipes.md, "What a step sees"). */
final class StepEnvironment {

  private static final Map<String, String> TOOLS =
      Map.of(
          "CC", "cc",
          "LD", "ld",
          "AR", "ar",
          "RANLIB", "ranlib",
          "NM", "nm",
          "STRIP", "strip",
          "OBJCOPY", "objcopy",
          "READELF", "readelf",
          "PERL", "perl");

  private StepEnvironment() {}

  /**
   * Returns a step's environment.
   *
   * @param jobs how many processor cores it may use
   * @param timestamp the time of everything built, in seconds since 1970-01-01T00:00:00Z
   */
  static Map<String, String> of(
      Recipe recipe,
      Platform platform,
      BuildFolder folder,
      Sandbox sandbox,
      int jobs,
      long timestamp) {
    Map<String, String> environment = new TreeMap<>(TOOLS);
    environment.put("PATH", sandbox.inside(folder.bin()).toString());
    environment.put("CONFIG_SHELL", sandbox.inside(folder.shell()).toString());
    environment.put("CFLAGS", "-Os");
    environment.put("LDFLAGS", "");
    if (!recipe.hostDependencies().isEmpty()) {
      environment.put("HOSTCC", "hostcc");
    }
    environment.put("DESTDIR", sandbox.inside(folder.destination()).toString());
    environment.put("SOURCES", sandbox.inside(folder.sources()).toString());
    environment.put("SYSROOT", sandbox.inside(folder.sysroot()).toString());
    environment.put("ARCH", platform.apkArchitecture());
    environment.put("TRIPLE", platform.triple());
    environment.put("MUSL_ARCH", platform.muslArchitecture());
    environment.put("OPENSSL_TARGET", platform.opensslTarget());
    environment.put("WORD_SIZE", Integer.toString(platform.wordSize()));
    environment.put("BYTE_ORDER", platform.byteOrder() == ByteOrder.BIG_ENDIAN ? "big" : "little");
    environment.put("VERSION", recipe.version());
    environment.put("JOBS", Integer.toString(jobs));
    environment.put("SOURCE_DATE_EPOCH", Long.toString(timestamp));
    environment.put("LC_ALL", "C");
    environment.put("TZ", "UTC");
    environment.put("HOME", sandbox.inside(folder.home()).toString());
    environment.put("TMPDIR", sandbox.inside(folder.temporary()).toString());
    environment.putAll(recipe.environment());
    return environment;
  }

  /** Writes the script that opens a shell in this environment. */
  static void writeShell(
      Map<String, String> environment, Sandbox sandbox, BuildFolder folder, Path busybox)
      throws IOException {
    StringBuilder script =
        new StringBuilder(
            """
            #!/bin/sh
            # Opens a shell where the build stopped; with arguments, runs them there.
            """);
    String shell = Shell.quoted(sandbox.inside(folder.shell()).toString());
    script.append("if [ $# = 0 ]; then set -- ").append(shell).append(" -i; fi\n");
    // Its own path, or the first shell takes BusyBox's program of that name.
    script
        .append("case $1 in /*) ;; *) set -- ")
        .append(shell)
        .append(" -c '\"$@\"' sh \"$@\" ;; esac\n");
    script.append("exec ").append(Shell.quoted(busybox.toString())).append(" env -i");
    environment.forEach(
        (name, value) -> script.append(" \\\n  ").append(Shell.quoted(name + "=" + value)));
    script.append(" \\\n  'PS1=build> ' TERM=\"$TERM\" \\\n  ");
    script.append(Shell.quoted(sandbox.prefix(folder.build()))).append(" \"$@\"\n");
    Path file = folder.enter();
    Files.writeString(file, script.toString());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
