package io.github.prosodyoci.fetch;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Keeps others, in this JVM and in other processes, from fetching the same file at the same time.
 * The operating system lets go of the lock when a process dies. Where locks do not work, the lock
 * is no more than a hope: files appear by atomic rename, so at worst one is fetched twice.
 */
final class DigestLock implements AutoCloseable {

  private final FileChannel channel;

  private DigestLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Waits for the lock.
   *
   * @throws IOException if the lock's file cannot be made
   */
  static DigestLock acquire(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean done = false;
    try {
      while (tryLock(channel) == null) {
        Thread.sleep(25);
      }
      done = true;
      return new DigestLock(channel);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for " + file, e);
    } finally {
      if (!done) {
        channel.close();
      }
    }
  }

  private static @Nullable Object tryLock(FileChannel channel) {
    try {
      FileLock lock = channel.tryLock();
      return lock;
    } catch (OverlappingFileLockException e) {
      // held in this JVM, perhaps by a copy of this class in another class loader
      return null;
    } catch (IOException e) {
      return channel;
    }
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
