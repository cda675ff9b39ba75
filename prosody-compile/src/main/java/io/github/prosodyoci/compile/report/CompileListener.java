package io.github.prosodyoci.compile.report;

/** Receives the progress of a build, in lines for people; several threads may call it. */
public interface CompileListener {

  /** Receives a result, or what is going on. */
  void info(String line);

  /** Receives something that the user may want to change. */
  void warn(String line);

  /** Receives a detail. */
  void debug(String line);
}
