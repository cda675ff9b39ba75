package io.github.prosodyoci.core;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Files that appear whole at their place, or not at all. */
public final class AtomicFiles {

  /** Something that writes a file's content. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes the content; may close the stream or leave it open.
     *
     * @throws IOException if writing fails; nothing is left behind then
     */
    void writeTo(OutputStream out) throws IOException;
  }

  private AtomicFiles() {}

  /**
   * Writes a file by way of a temporary one beside it, which is forced to disk and then renamed.
   * Missing folders are made. A file that stood there is replaced.
   *
   * @throws IOException if the content cannot be written; what stood at {@code target} stays
   */
  public static void write(Path target, Content content) throws IOException {
    Path folder = target.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException("Could not write " + target + ": it names no file");
    }
    Files.createDirectories(folder);
    // Not createTempFile: its files are closed to everybody else, whatever the umask says.
    Path temporary = folder.resolve("." + UUID.randomUUID() + ".part");
    try {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
        content.writeTo(new KeepOpen(out));
        out.flush();
        channel.force(true);
      }
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Keeps a stream open, whose file is yet to be forced to disk, when its writer closes it. */
  private static final class KeepOpen extends FilterOutputStream {

    KeepOpen(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      out.flush();
    }
  }
}
