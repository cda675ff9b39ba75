package io.github.prosodyoci.compile.run;

import java.nio.file.Path;
import java.util.List;

/**
 * No isolation: programs see all that the user sees, and only limits apply.
 *
 * @param busybox the shell that sets the limits
 */
record OpenSandbox(Path busybox, StepLimits limits) implements Sandbox {

  @Override
  public List<String> prefix(Path folder) {
    String script = "cd " + Shell.quoted(folder.toString()) + "; " + Shell.limitedOnly(limits);
    return List.of(busybox.toString(), "sh", "-eu", "-c", script, "sh");
  }

  @Override
  public Path inside(Path file) {
    return file;
  }

  @Override
  public boolean isIsolated() {
    return false;
  }
}
