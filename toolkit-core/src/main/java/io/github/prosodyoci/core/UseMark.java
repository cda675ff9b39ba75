package io.github.prosodyoci.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;

/**
 * When a cached file or folder was last used: the modification time of the empty file {@code
 * <name>.used} beside it. Access times would not do, since many systems do not keep them.
 */
public final class UseMark {

  private static final String SUFFIX = ".used";

  private UseMark() {}

  /** Records that an entry is used now; a cache that cannot be written keeps no record. */
  public static void renew(Path entry) {
    try {
      Files.write(of(entry), new byte[0]);
    } catch (IOException e) {
      return;
    }
  }

  /**
   * Returns when an entry was last used; for one without a mark, when it was last changed.
   *
   * @throws IOException if there is no such entry, or it cannot be examined
   */
  public static Instant lastUse(Path entry) throws IOException {
    Path mark = of(entry);
    Path dated = Files.exists(mark, LinkOption.NOFOLLOW_LINKS) ? mark : entry;
    return Files.getLastModifiedTime(dated, LinkOption.NOFOLLOW_LINKS).toInstant();
  }

  /** Returns where the mark of an entry is. */
  public static Path of(Path entry) {
    return entry.resolveSibling(entry.getFileName() + SUFFIX);
  }
}
