package io.github.prosodyoci.fetch.store;

import io.github.prosodyoci.core.FileFailures;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * Keeps others, in this JVM and in other processes, from fetching the same file at the same time.
 * The operating system releases the lock when a process dies. Where locks do not work, a file may
 * be fetched twice, which does no harm: it appears by atomic rename.
 */
final class DigestLock implements AutoCloseable {

  private enum State {
    HELD,
    HELD_BY_OTHERS,
    UNSUPPORTED
  }

  private final FileChannel channel;
  private final boolean held;

  private DigestLock(FileChannel channel, boolean held) {
    this.channel = channel;
    this.held = held;
  }

  /**
   * Waits for the lock.
   *
   * @param patience after how long {@code waiting} is run, once
   * @throws IOException if the lock's file cannot be made
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  static DigestLock acquire(Path file, Duration patience, Runnable waiting)
      throws IOException, InterruptedException {
    Files.createDirectories(file.getParent());
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean done = false;
    try {
      State state = tryLock(channel);
      long start = System.nanoTime();
      boolean warned = false;
      while (state == State.HELD_BY_OTHERS) {
        if (!warned && System.nanoTime() - start > patience.toNanos()) {
          waiting.run();
          warned = true;
        }
        Thread.sleep(25);
        state = tryLock(channel);
      }
      done = true;
      return new DigestLock(channel, state == State.HELD);
    } finally {
      if (!done) {
        channel.close();
      }
    }
  }

  private static State tryLock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock == null ? State.HELD_BY_OTHERS : State.HELD;
    } catch (OverlappingFileLockException e) {
      // in this JVM, perhaps by a copy of this class in another class loader
      return State.HELD_BY_OTHERS;
    } catch (IOException e) {
      if (FileFailures.isInterrupt(e)) {
        throw e;
      }
      return State.UNSUPPORTED;
    }
  }

  /**
   * Returns whether nobody else can have the lock; if not, the file system does not support locks.
   */
  boolean isHeld() {
    return held;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // nothing was written through it
      return;
    }
  }
}
