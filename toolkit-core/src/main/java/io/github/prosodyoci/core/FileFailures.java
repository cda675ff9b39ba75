package io.github.prosodyoci.core;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.ToLongFunction;

/**
 * Tells why files could not be read or written: an interrupt, a full disk, permissions, or else.
 */
public final class FileFailures {

  private static final long LITTLE_SPACE = 1 << 20;

  private FileFailures() {}

  /**
   * Returns the exception for a failed access to files.
   *
   * @param task what was being done, such as {@code build}
   * @param thing what it was done to, such as {@code musl}
   * @param folder the folder that was read or written; named if the cause itself names no file
   * @param cause an interrupt stays one: the thread's interrupt status is set again
   */
  public static FailureException of(String task, String thing, Path folder, IOException cause) {
    return of(task, thing, folder, cause, FileFailures::usableSpace);
  }

  /**
   * Returns the exception for a failed access to files.
   *
   * @param usableSpace returns how many bytes can still be written at a path
   */
  static FailureException of(
      String task, String thing, Path folder, IOException cause, ToLongFunction<Path> usableSpace) {
    if (isInterrupt(cause)) {
      return interrupted(task, thing, cause);
    }
    String file = cause instanceof FileSystemException f ? f.getFile() : null;
    Path path = file == null ? folder : Path.of(file);
    Path existing = existing(path);
    if (cause instanceof AccessDeniedException || !Files.isWritable(existing)) {
      return Failure.of(
              CommonCode.NOT_WRITABLE, task, thing, path + " is not writable for this user")
          .advising(
              "Make it writable, or choose another folder (-Dprosodyoci.cache=<folder> for the"
                  + " cache).")
          .toException(cause);
    }
    if (usableSpace.applyAsLong(existing) < LITTLE_SPACE) {
      return Failure.of(
              CommonCode.DISK_FULL, task, thing, "the disk that holds " + path + " is full")
          .advising(
              "Free some space, or choose another folder (-Dprosodyoci.cache=<folder> for the"
                  + " cache). Nothing half-written was kept.")
          .toException(cause);
    }
    return Failure.of(CommonCode.FILE_ACCESS, task, thing, Reasons.of(cause) + " in " + folder)
        .toException(cause);
  }

  /** Returns the exception for an interrupt, and sets the thread's interrupt status again. */
  public static FailureException interrupted(String task, String thing, Exception cause) {
    Thread.currentThread().interrupt();
    return Failure.of(CommonCode.INTERRUPTED, task, thing, "the build was interrupted")
        .advising("Run it again; what is complete is kept.")
        .toException(cause);
  }

  /** Says whether an access to files failed only because the thread was interrupted. */
  public static boolean isInterrupt(IOException failure) {
    return failure instanceof ClosedByInterruptException
        || failure instanceof FileLockInterruptionException
        // A timeout is one by inheritance only.
        || (failure instanceof InterruptedIOException
            && !(failure instanceof SocketTimeoutException));
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
