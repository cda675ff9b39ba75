package io.github.prosodyoci.it.container;

import io.github.prosodyoci.core.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What lies in a folder at one moment: type, mode, owner and content of each thing in it. */
public final class FileTree {

  private final SortedMap<String, String> facts = new TreeMap<>();

  private FileTree() {}

  /** Returns what lies in a folder now. */
  public static FileTree of(Path folder) {
    FileTree tree = new FileTree();
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        if (!path.equals(folder)) {
          tree.facts.put("/" + folder.relativize(path), facts(path));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Could not list " + folder, e);
    }
    return tree;
  }

  /** Returns the paths, each beginning with a slash. */
  public SortedSet<String> paths() {
    return new TreeSet<>(facts.keySet());
  }

  /** Returns what differs in another tree, as lines of path, before and after. */
  public List<String> differences(FileTree after) {
    List<String> lines = new ArrayList<>();
    SortedSet<String> all = paths();
    all.addAll(after.facts.keySet());
    for (String path : all) {
      String was = facts.getOrDefault(path, "absent");
      String is = after.facts.getOrDefault(path, "absent");
      if (!was.equals(is)) {
        lines.add(path + ": " + was + " -> " + is);
      }
    }
    return lines;
  }

  private static String facts(Path path) throws IOException {
    Map<String, Object> unix =
        Files.readAttributes(path, "unix:mode,uid,gid,size", LinkOption.NOFOLLOW_LINKS);
    String facts =
        Integer.toOctalString((Integer) unix.get("mode"))
            + " "
            + unix.get("uid")
            + ":"
            + unix.get("gid");
    if (Files.isSymbolicLink(path)) {
      return facts + " -> " + Files.readSymbolicLink(path);
    }
    if (Files.isRegularFile(path)) {
      return facts
          + " "
          + unix.get("size")
          + (Files.isReadable(path) ? " " + Digest.of(path) : " unreadable");
    }
    return facts;
  }
}
