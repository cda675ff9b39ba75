package io.github.prosodyoci.rootfs.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A root file system in a folder, to compare with another. */
final class RootFolder {

  private RootFolder() {}

  /** Unpacks a layer over those below it, as root. */
  static void untar(Path layer, Path root) throws IOException {
    Files.createDirectories(root);
    Process tar =
        new ProcessBuilder("tar", "--xattrs", "-xpzf", layer.toString(), "-C", root.toString())
            .inheritIO()
            .start();
    try {
      assertThat(tar.waitFor()).isZero();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /**
   * Returns each path with type, owner, group, mode, target of links, names of the same file,
   * content and extended attributes.
   */
  static SortedMap<String, String> describe(Path root) throws IOException {
    SortedMap<String, String> lines = new TreeMap<>();
    Map<Object, String> firstNames = new TreeMap<>();
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(root)) {
      paths = walk.filter(path -> !path.equals(root)).sorted().toList();
    }
    for (Path path : paths) {
      Map<String, Object> facts =
          Files.readAttributes(path, "unix:mode,uid,gid,ino", LinkOption.NOFOLLOW_LINKS);
      String name = root.relativize(path).toString();
      StringBuilder line =
          new StringBuilder()
              .append(Integer.toOctalString((Integer) facts.get("mode")))
              .append(' ')
              .append(facts.get("uid"))
              .append(':')
              .append(facts.get("gid"));
      if (Files.isSymbolicLink(path)) {
        line.append(" -> ").append(Files.readSymbolicLink(path));
      } else if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
        line.append(' ').append(Digest.of(path).hex(), 0, 12);
        String first = firstNames.putIfAbsent(facts.get("ino"), name);
        line.append(first == null ? "" : " same as " + first);
      }
      lines.put(name, line.append(attributes(path)).toString());
    }
    return lines;
  }

  private static String attributes(Path path) throws IOException {
    if (Files.isSymbolicLink(path)) {
      return "";
    }
    UserDefinedFileAttributeView view =
        Files.getFileAttributeView(path, UserDefinedFileAttributeView.class);
    StringBuilder text = new StringBuilder();
    List<String> names = new ArrayList<>(view.list());
    Collections.sort(names);
    for (String name : names) {
      ByteBuffer value = ByteBuffer.allocate(view.size(name));
      view.read(name, value);
      text.append(' ')
          .append(name)
          .append('=')
          .append(new String(value.array(), StandardCharsets.ISO_8859_1));
    }
    return text.toString();
  }
}
