package io.github.prosodyoci.core.archive;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.Reasons;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;

/** Rules for paths in an archive or a root file system, such as {@code usr/bin/lua5.4}. */
public final class EntryPath {

  /** Orders paths part by part, so that a folder comes right before what is in it. */
  public static final Comparator<String> ORDER =
      Comparator.comparing(path -> path.replace('/', '\0'));

  private static final int MAX_PATH = 4096;
  private static final int MAX_PART = 255;

  private EntryPath() {}

  /** Returns the folder that a path lies in; empty for the root. */
  public static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  /** Returns a path's last part. */
  public static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /**
   * Checks that a path is relative, in normal form and free of control characters.
   *
   * @param where what holds the path, for the message
   * @throws io.github.prosodyoci.core.FailureException if it is not ({@code tar-escape})
   */
  public static void check(String path, String where) {
    boolean good =
        path.chars().noneMatch(c -> c < ' ' || c == 0x7f)
            && path.getBytes(StandardCharsets.UTF_8).length <= MAX_PATH;
    for (String part : path.split("/", -1)) {
      good &=
          !part.isEmpty()
              && !part.equals(".")
              && !part.equals("..")
              && part.getBytes(StandardCharsets.UTF_8).length <= MAX_PART;
    }
    if (!good) {
      throw Failure.of(
              ArchiveCode.TAR_ESCAPE,
              "read",
              where,
              "the path '" + Reasons.printable(path) + "' is not a plain relative path")
          .toException();
    }
  }
}
