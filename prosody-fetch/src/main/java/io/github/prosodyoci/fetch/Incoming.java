package io.github.prosodyoci.fetch;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.fetch.FetchException.Code;
import io.github.prosodyoci.fetch.OriginException.Next;
import java.io.IOException;
import java.io.InputStream;
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
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A file on its way into the store, under a temporary name. It may come in several pieces, when a
 * transfer broke off and was resumed. Until {@link #commit} nobody finds it; {@link #close} removes
 * what was not committed.
 */
final class Incoming implements AutoCloseable {

  private final Digest expected;
  private final Path target;
  private final Path temporary;
  private @Nullable FileChannel channel;
  private MessageDigest sha256 = Digest.sha256();
  private long size;

  Incoming(Digest expected, Path target) {
    this.expected = expected;
    this.target = target;
    this.temporary = temporary(target);
  }

  /** Returns a new name beside a stored file, by which a later process knows what it may remove. */
  private static Path temporary(Path target) {
    return target.resolveSibling(prefix(target) + UUID.randomUUID() + ".part");
  }

  /** Returns what the temporary names of a stored file start with. */
  static String prefix(Path target) {
    return "." + target.getFileName() + "-";
  }

  /** Returns how many bytes have come. */
  long size() {
    return size;
  }

  /**
   * Forgets what has come.
   *
   * @throws FetchException if the store cannot be written
   */
  void restart() {
    sha256 = Digest.sha256();
    size = 0;
    try {
      if (channel != null) {
        channel.truncate(0);
      }
    } catch (IOException e) {
      throw ContentStore.unwritable(target, e);
    }
  }

  /**
   * Adds all that a stream gives.
   *
   * @throws OriginException if the stream breaks, or there are more bytes than allowed
   * @throws FetchException if the store cannot be written
   */
  void append(InputStream content, long maximumBytes, LongConsumer received)
      throws OriginException {
    byte[] buffer = new byte[1 << 16];
    for (int count = read(content, buffer); count >= 0; count = read(content, buffer)) {
      if (size + count > maximumBytes) {
        throw new OriginException(
            Code.TOO_LARGE, "larger than " + maximumBytes + " bytes", Next.WRONG_CONTENT);
      }
      write(ByteBuffer.wrap(buffer, 0, count));
      sha256.update(buffer, 0, count);
      size += count;
      received.accept(size);
    }
  }

  private static int read(InputStream content, byte[] buffer) throws OriginException {
    try {
      return content.read(buffer);
    } catch (OriginException e) {
      throw e;
    } catch (IOException e) {
      throw new OriginException(
          Code.BROKEN_TRANSFER, "reading failed: " + Reasons.of(e), Next.TRY_AGAIN);
    }
  }

  private void write(ByteBuffer bytes) {
    try {
      FileChannel open = opened();
      while (bytes.hasRemaining()) {
        open.write(bytes);
      }
    } catch (IOException e) {
      throw ContentStore.unwritable(target, e);
    }
  }

  private FileChannel opened() throws IOException {
    FileChannel open = channel;
    if (open == null) {
      Files.createDirectories(target.resolveSibling(""));
      open = FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
      channel = open;
    }
    return open;
  }

  /**
   * Puts the file into its place, if it has the digest that it should have.
   *
   * @param origin kept beside it
   * @throws OriginException if it has another digest
   * @throws FetchException if the store cannot be written
   */
  Path commit(String origin) throws OriginException {
    Digest found = Digest.of(sha256);
    sha256 = Digest.sha256();
    if (!found.equals(expected)) {
      throw new OriginException(
          Code.DIGEST_MISMATCH,
          "digest mismatch: expected " + expected + ", found " + found + " in " + size + " bytes",
          Next.WRONG_CONTENT);
    }
    try (FileChannel open = opened()) {
      open.force(true);
      if (temporary.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("r--r--r--"));
      }
      // Before the file itself: whoever finds that finds its origin too.
      note(origin);
      move(temporary, target);
      return target;
    } catch (IOException e) {
      throw ContentStore.unwritable(target, e);
    }
  }

  private void note(String origin) throws IOException {
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
      // It stays, and does no harm; the next process that wants the file removes it.
      return;
    }
  }
}
