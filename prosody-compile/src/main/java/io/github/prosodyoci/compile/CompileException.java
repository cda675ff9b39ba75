package io.github.prosodyoci.compile;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import org.jspecify.annotations.Nullable;

/**
 * Something that the user can set right: a recipe, a step, the machine. The message names the
 * thing, what was expected, what was found, and what to do next.
 */
public class CompileException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** Creates an exception with a message for people. */
  public CompileException(String message) {
    super(message);
  }

  /** Creates an exception with a message for people, and what lay beneath. */
  public CompileException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /**
   * Returns the exception for a failed access to the file system.
   *
   * @param what what could not be done, such as {@code build musl}
   * @param place the folder that it was done in
   */
  public static CompileException io(String what, Path place, IOException cause) {
    return new CompileException("Could not " + what + ": " + reason(place, cause), cause);
  }

  private static String reason(Path place, IOException cause) {
    String found = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    String file = cause instanceof FileSystemException f ? f.getFile() : null;
    String named = file == null ? place.toString() : file;
    if (cause instanceof AccessDeniedException
        || cause.getCause() instanceof ReadOnlyFileSystemException
        || found.contains("Read-only file system")
        || found.contains("Permission denied")) {
      return named
          + " is not writable for this user. Make it writable, or choose another cache folder with"
          + " -Dprosodyoci.cache=<folder>.";
    }
    if (found.contains("No space left on device") || found.contains("Disk quota exceeded")) {
      return "the disk that holds "
          + named
          + " is full. Free some space, or choose another cache folder with"
          + " -Dprosodyoci.cache=<folder>; nothing half-written was kept.";
    }
    return found + " (in " + place + ")";
  }
}
