package io.github.prosodyoci.compile.cache;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** A lock on a folder against other builds, in this process and in others, until it is closed. */
public final class FolderLock implements Closeable {

  private static final long PAUSE_MILLIS = 100;

  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Waits until a folder is free, and locks it.
   *
   * @param folder the folder; the lock is a file beside it
   * @param waiting run once if another build holds the folder
   * @throws IOException if the lock file cannot be written
   * @throws InterruptedException if this thread is interrupted while waiting
   */
  public static FolderLock take(Path folder, Runnable waiting)
      throws IOException, InterruptedException {
    Path file = folder.resolveSibling(folder.getFileName() + ".lock");
    Files.createDirectories(folder.toAbsolutePath().getParent());
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean reported = false;
    try {
      while (tryLock(channel) == null) {
        if (!reported) {
          waiting.run();
          reported = true;
        }
        Thread.sleep(PAUSE_MILLIS);
      }
      return new FolderLock(channel);
    } catch (IOException | InterruptedException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
