package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.core.archive.EntryPath;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The links that {@code busybox --install -s} and {@code bbsuid --install} make, from the lists
 * that packages have in {@code /etc/busybox-paths.d} and from the program {@code bbsuid} itself.
 */
final class BusyboxLinks {

  private static final String LISTS = "etc/busybox-paths.d/";
  private static final String BUSYBOX = "/bin/busybox";

  /** BusyBox with set-id; its links go before those of BusyBox. */
  private static final String SET_ID = "bin/bbsuid";

  private static final Pattern PROGRAM = Pattern.compile("/(?:usr/)?s?bin/[a-z0-9_-]{1,64}");

  private final Layout layout;
  private final Map<String, String> listed = new TreeMap<>();
  private final Set<String> setId = new TreeSet<>();
  private int lists;

  BusyboxLinks(Layout layout) {
    this.layout = layout;
  }

  /** Returns whether a file says which links there are. */
  boolean isSource(String path) {
    return path.startsWith(LISTS) || path.equals(layout.place(SET_ID));
  }

  /** Takes over a file that was laid down. */
  void load(String path, byte[] content) {
    if (path.startsWith(LISTS)) {
      lists++;
      String program = "/bin/" + EntryPath.name(path);
      new String(content, StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank())
          .forEach(
              line -> {
                EntryPath.check(line, "/" + path);
                listed.put(layout.place(line), program);
              });
      return;
    }
    // Its texts end with NUL bytes, and its links are those that name programs.
    for (String text : new String(content, StandardCharsets.ISO_8859_1).split("\0", -1)) {
      if (PROGRAM.matcher(text).matches() && !text.equals(BUSYBOX) && !text.equals("/" + SET_ID)) {
        setId.add(layout.place(text.substring(1)));
      }
    }
  }

  /** Returns how many lists there were so far. */
  int lists() {
    return lists;
  }

  /** Returns what the links since the last call lead to, by their paths. */
  Map<String, String> take() {
    Map<String, String> links = new TreeMap<>(listed);
    setId.forEach(path -> links.put(path, "/" + SET_ID));
    listed.clear();
    setId.clear();
    return links;
  }
}
