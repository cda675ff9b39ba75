package io.github.prosodyoci.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What no change of a file leaves as it is: its inode, size and times (stat(2)). A program can set
 * the modification time back (utimensat(2)), but every change sets the status change time to that
 * of the clock, which only root can set.
 */
public final class FileIdentity {

  private static final List<String> FACTS = List.of("ino", "size", "lastModifiedTime", "ctime");

  private FileIdentity() {}

  /**
   * Returns the identity of a file, of which a link is one, as a line of text.
   *
   * @throws IOException if the file cannot be examined
   */
  public static String of(Path file) throws IOException {
    Map<String, Object> facts =
        Files.readAttributes(file, "unix:" + String.join(",", FACTS), LinkOption.NOFOLLOW_LINKS);
    return FACTS.stream()
        .map(fact -> String.valueOf(facts.get(fact)))
        .collect(Collectors.joining(" "));
  }
}
