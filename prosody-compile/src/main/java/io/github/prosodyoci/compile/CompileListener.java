package io.github.prosodyoci.compile;

/** Is told how a build goes on, in lines for people. May be called from several threads. */
public interface CompileListener {

  /** Is told of a result or of progress. */
  void info(String line);

  /** Is told of something that the user may want to change. */
  void warn(String line);

  /** Is told of details. */
  void debug(String line);
}
