package io.github.prosodyoci.rootfs;

import io.github.prosodyoci.core.archive.TarEntry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Follows the links of the image, as a system that runs on it would: an absolute target begins at
 * the image's root, and {@code ..} at the root is the root (POSIX.1-2017, XBD 4.13).
 */
public final class LinkPaths {

  /** The most links on one way; Linux has the same limit. */
  private static final int MAX_LINKS = 40;

  private final Function<String, Optional<TarEntry>> tree;

  /**
   * Creates a resolution.
   *
   * @param tree what is at a path
   */
  public LinkPaths(Function<String, Optional<TarEntry>> tree) {
    this.tree = tree;
  }

  /**
   * Returns the path, free of links, of the folder that a path leads to; empty if it leads to no
   * folder of the image.
   */
  public Optional<String> folder(String path) {
    Deque<String> rest = new ArrayDeque<>(List.of(path.split("/", -1)));
    Deque<String> place = new ArrayDeque<>();
    int links = 0;
    while (!rest.isEmpty()) {
      String part = rest.removeFirst();
      if (part.isEmpty() || part.equals(".")) {
        continue;
      }
      if (part.equals("..")) {
        place.pollLast();
        continue;
      }
      place.addLast(part);
      Optional<TarEntry> entry = tree.apply(String.join("/", place));
      if (entry.isPresent() && entry.get().type() == TarEntry.Type.SYMLINK) {
        place.removeLast();
        String target = entry.get().link();
        if (target.startsWith("/")) {
          place.clear();
        }
        if (++links > MAX_LINKS) {
          return Optional.empty();
        }
        String[] parts = target.split("/", -1);
        for (int i = parts.length - 1; i >= 0; i--) {
          rest.addFirst(parts[i]);
        }
      } else if (entry.isEmpty() || entry.get().type() != TarEntry.Type.DIRECTORY) {
        return Optional.empty();
      }
    }
    return Optional.of(String.join("/", place));
  }
}
