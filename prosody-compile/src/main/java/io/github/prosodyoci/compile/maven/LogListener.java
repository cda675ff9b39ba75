package io.github.prosodyoci.compile.maven;

import io.github.prosodyoci.compile.report.CompileListener;
import org.apache.maven.plugin.logging.Log;

/** Reports to Maven's log. */
record LogListener(Log log) implements CompileListener {

  @Override
  public void info(String line) {
    log.info(line);
  }

  @Override
  public void warn(String line) {
    log.warn(line);
  }

  @Override
  public void debug(String line) {
    log.debug(line);
  }
}
