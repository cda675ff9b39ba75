package io.github.prosodyoci.core;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * An exclusive lock on a file, against other threads, class loaders and processes. The operating
 * system releases it when a process dies; the empty file stays.
 */
public final class LockFile implements AutoCloseable {

  private static final long PAUSE_MILLIS = 25;

  private enum State {
    HELD,
    HELD_BY_OTHERS,
    UNSUPPORTED
  }

  private final FileChannel channel;
  private final boolean held;

  private LockFile(FileChannel channel, boolean held) {
    this.channel = channel;
    this.held = held;
  }

  /**
   * Waits for the lock. On a file system without locks it returns at once, with a lock that is not
   * {@linkplain #isHeld held}.
   *
   * @param file the file to lock, which is created with its folder if it is missing
   * @param patience after how long {@code waiting} is run, once
   * @param waiting says that somebody else holds the lock
   * @throws IOException if the file cannot be created
   * @throws InterruptedException if this thread is interrupted while it waits
   */
  public static LockFile acquire(Path file, Duration patience, Runnable waiting)
      throws IOException, InterruptedException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean done = false;
    try {
      State state = tryLock(channel);
      long start = System.nanoTime();
      boolean reported = false;
      while (state == State.HELD_BY_OTHERS) {
        if (!reported && System.nanoTime() - start >= patience.toNanos()) {
          waiting.run();
          reported = true;
        }
        Thread.sleep(PAUSE_MILLIS);
        state = tryLock(channel);
      }
      done = true;
      return new LockFile(channel, state == State.HELD);
    } finally {
      if (!done) {
        channel.close();
      }
    }
  }

  /**
   * Waits for the lock on a file or folder, which need not exist: the file {@code <name>.lock}
   * beside it.
   *
   * @param waiting run once if somebody else holds the lock
   * @throws IOException if the file cannot be created, or the file system has no locks
   * @throws InterruptedException if this thread is interrupted while it waits
   */
  public static LockFile beside(Path path, Runnable waiting)
      throws IOException, InterruptedException {
    Path file = path.resolveSibling(path.getFileName() + ".lock");
    LockFile lock = acquire(file, Duration.ZERO, waiting);
    if (!lock.held) {
      lock.close();
      throw new IOException("the file system of " + file + " has no locks");
    }
    return lock;
  }

  private static State tryLock(FileChannel channel) {
    try {
      FileLock lock = channel.tryLock();
      return lock == null ? State.HELD_BY_OTHERS : State.HELD;
    } catch (OverlappingFileLockException e) {
      // It is held in this JVM, perhaps by a copy of this class in another class loader.
      return State.HELD_BY_OTHERS;
    } catch (IOException e) {
      return State.UNSUPPORTED;
    }
  }

  /** Returns whether nobody else can hold the lock; otherwise the file system has no locks. */
  public boolean isHeld() {
    return held;
  }

  /** Releases the lock. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing was written through it, and the descriptor is gone in any case.
      return;
    }
  }
}
