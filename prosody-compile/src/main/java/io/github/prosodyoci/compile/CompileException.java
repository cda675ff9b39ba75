package io.github.prosodyoci.compile;

import io.github.prosodyoci.core.FailureException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Something that the user can set right: a recipe, a step, the machine. The message names the
 * thing, what was expected, what was found, and what to do next.
 */
public class CompileException extends FailureException {

  private static final long serialVersionUID = 1;
  private static final long LITTLE_SPACE = 1 << 20;
  private static final String OR_ANOTHER_FOLDER =
      ", or choose another folder (-Dprosodyoci.cache=<folder> for the cache).";

  /** Creates an exception with a message for people. */
  public CompileException(String message) {
    super(message, null);
  }

  /** Creates an exception with a message for people, and what lay beneath. */
  public CompileException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /**
   * Returns the exception for a failed access to the file system.
   *
   * @param what what could not be done, such as {@code build musl}
   * @param place the folder that was read or written; named if the failure itself names no file
   */
  public static CompileException io(String what, Path place, IOException cause) {
    return io(what, place, cause, CompileException::usableSpace);
  }

  /**
   * Returns the exception for a failed access to the file system.
   *
   * @param usableSpace gives how many bytes can still be written at a path
   */
  static CompileException io(
      String what, Path place, IOException cause, ToLongFunction<Path> usableSpace) {
    String file = cause instanceof FileSystemException f ? f.getFile() : null;
    Path path = file == null ? place : Path.of(file);
    Path existing = existing(path);
    return new CompileException(
        "Could not "
            + what
            + ": "
            + (cause instanceof AccessDeniedException || !Files.isWritable(existing)
                ? path + " is not writable for this user. Make it writable" + OR_ANOTHER_FOLDER
                : usableSpace.applyAsLong(existing) < LITTLE_SPACE
                    ? "the disk that holds "
                        + path
                        + " is full. Free some space"
                        + OR_ANOTHER_FOLDER
                        + " Nothing half-written was kept."
                    : (cause.getMessage() == null ? cause.toString() : cause.getMessage())
                        + " (in "
                        + place
                        + ")"),
        cause);
  }

  /** Returns the path, or the nearest folder above it that exists. */
  private static Path existing(Path path) {
    Path existing = path.toAbsolutePath();
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    return existing;
  }

  private static long usableSpace(Path path) {
    try {
      return Files.getFileStore(path).getUsableSpace();
    } catch (IOException e) {
      // Nothing is known of it, so it is not called full.
      return Long.MAX_VALUE;
    }
  }
}
