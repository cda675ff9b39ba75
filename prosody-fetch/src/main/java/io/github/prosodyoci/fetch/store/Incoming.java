package io.github.prosodyoci.fetch.store;

import io.github.prosodyoci.core.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A file on its way into the store, under a temporary name. It is stored under the digest of the
 * bytes that were written, so it cannot be stored under a wrong one. {@link #close} removes what
 * was not committed.
 */
public final class Incoming implements AutoCloseable {

  private final ContentStore store;
  private final Path neighbour;
  private final Path temporary;
  private @Nullable FileChannel channel;
  private MessageDigest sha256 = Digest.sha256();
  private @Nullable Digest complete;
  private long size;

  /**
   * Creates a file; nothing is written yet.
   *
   * @param neighbour the temporary file is made beside it; a later process recognises its name
   */
  Incoming(ContentStore store, Path neighbour) {
    this.store = store;
    this.neighbour = neighbour;
    this.temporary = temporary(neighbour);
  }

  private static Path temporary(Path neighbour) {
    return neighbour.resolveSibling(prefix(neighbour) + UUID.randomUUID() + ".part");
  }

  /** Returns what the temporary names beside a file start with. */
  static String prefix(Path neighbour) {
    return "." + neighbour.getFileName() + "-";
  }

  /** Returns how many bytes were written. */
  public long size() {
    return size;
  }

  /**
   * Discards what was written.
   *
   * @throws io.github.prosodyoci.core.FailureException if the store cannot be written
   */
  public void restart() {
    sha256 = Digest.sha256();
    complete = null;
    size = 0;
    try {
      if (channel != null) {
        channel.truncate(0);
      }
    } catch (IOException e) {
      throw ContentStore.unwritable(neighbour, e);
    }
  }

  /**
   * Appends the first bytes of a buffer.
   *
   * @throws io.github.prosodyoci.core.FailureException if the store cannot be written
   */
  public void write(byte[] buffer, int count) {
    try {
      FileChannel open = opened();
      for (ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, count); bytes.hasRemaining(); ) {
        open.write(bytes);
      }
    } catch (IOException e) {
      throw ContentStore.unwritable(neighbour, e);
    }
    sha256.update(buffer, 0, count);
    size += count;
  }

  private FileChannel opened() throws IOException {
    FileChannel open = channel;
    if (open == null) {
      Files.createDirectories(temporary.resolveSibling(""));
      open = FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
      channel = open;
    }
    return open;
  }

  /** Returns the digest of all bytes; nothing may be written after that but by a restart. */
  public Digest digest() {
    Digest found = complete;
    if (found == null) {
      found = Digest.of(sha256);
      complete = found;
    }
    return found;
  }

  /**
   * Puts the file into its place.
   *
   * @param origin kept beside it
   * @throws io.github.prosodyoci.core.FailureException if the store cannot be written
   */
  public Stored commit(String origin) {
    Path target = store.path(digest());
    try (FileChannel open = opened()) {
      open.force(true);
      if (temporary.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("r--r--r--"));
      }
      Files.createDirectories(target.resolveSibling(""));
      // Before the file itself, so that whoever finds the file finds its origin too.
      note(target, origin);
      move(temporary, target);
      return new Stored(digest(), target, size, origin);
    } catch (IOException e) {
      throw ContentStore.unwritable(target, e);
    }
  }

  private static void note(Path target, String origin) throws IOException {
    Path note = temporary(target);
    try {
      Files.write(note, (origin + "\n").getBytes(StandardCharsets.UTF_8));
      move(note, ContentStore.originOf(target));
    } finally {
      Files.deleteIfExists(note);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void close() {
    try {
      if (channel != null) {
        channel.close();
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      // It does no harm; the next process that fetches the file removes it.
      return;
    }
  }
}
