package io.github.prosodyoci.compile.source;

import io.github.prosodyoci.compile.CompileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Applies patches as {@code patch -p1 -F0} does: every line of context must hold, though the place
 * may have moved. A patch applies whole or not at all.
 */
public final class Patcher {

  /** How many lines a hunk may have moved. */
  private static final int REACH = 2000;

  private final Path root;

  /** Creates a patcher for the files below a folder. */
  public Patcher(Path root) {
    this.root = root;
  }

  /**
   * Applies a patch.
   *
   * @param patch the patch file
   * @throws CompileException if the patch is damaged, or a hunk does not apply; the files are as
   *     they were then
   * @throws IOException if a file cannot be read or written
   */
  public void apply(Path patch) throws IOException {
    UnifiedDiff diff;
    try {
      // One char per byte: a patch changes bytes, whatever their encoding.
      diff = UnifiedDiff.parse(Files.readString(patch, StandardCharsets.ISO_8859_1));
    } catch (IllegalArgumentException e) {
      throw new CompileException(
          "Could not apply patch " + patch.getFileName() + ": " + e.getMessage() + ".", e);
    }
    Map<Path, Optional<List<String>>> changed = new LinkedHashMap<>();
    for (UnifiedDiff.FileDiff file : diff.files()) {
      Path target = target(patch, file);
      Optional<List<String>> old = changed.get(target);
      List<String> lines =
          file.from().isEmpty() ? List.of() : old != null ? old.orElse(List.of()) : read(target);
      if (file.from().isEmpty() && Files.exists(target) && Files.size(target) > 0) {
        throw rejected(patch, file, file.hunks().get(0), "the file that it creates is there");
      }
      List<String> result = applied(patch, file, lines);
      changed.put(
          target, file.to().isEmpty() && result.isEmpty() ? Optional.empty() : Optional.of(result));
    }
    for (Map.Entry<Path, Optional<List<String>>> change : changed.entrySet()) {
      write(change.getKey(), change.getValue());
    }
  }

  private Path target(Path patch, UnifiedDiff.FileDiff file) throws IOException {
    Optional<Path> from = file.from().map(this::stripped);
    Optional<Path> to = file.to().map(this::stripped);
    // As patch(1): the old name, unless only the new one exists (x.orig, or a rename by hand).
    Path target =
        from.filter(path -> to.isEmpty() || Files.exists(path)).or(() -> to).or(() -> from).get();
    Path parent = target.getParent();
    while (parent != null && !Files.exists(parent)) {
      parent = parent.getParent();
    }
    if (!target.startsWith(root)
        || parent == null
        || !parent.toRealPath().startsWith(root.toRealPath())
        || Files.isSymbolicLink(target)) {
      throw new CompileException(
          "Could not apply patch "
              + patch.getFileName()
              + ": it leads out of the build folder, to "
              + target
              + ".");
    }
    return target;
  }

  private Path stripped(String written) {
    int slash = written.indexOf('/');
    return root.resolve(slash < 0 ? written : written.substring(slash + 1)).normalize();
  }

  private static List<String> read(Path file) throws IOException {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        ? UnifiedDiff.lines(Files.readString(file, StandardCharsets.ISO_8859_1))
        : List.of();
  }

  private static void write(Path file, Optional<List<String>> lines) throws IOException {
    if (lines.isEmpty()) {
      Files.deleteIfExists(file);
      return;
    }
    Path parent = file.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.writeString(file, String.join("", lines.get()), StandardCharsets.ISO_8859_1);
  }

  private static List<String> applied(Path patch, UnifiedDiff.FileDiff file, List<String> lines) {
    List<String> result = new ArrayList<>(lines);
    int shift = 0;
    int floor = 0;
    for (UnifiedDiff.Hunk hunk : file.hunks()) {
      int wanted =
          (hunk.before().isEmpty() && hunk.oldStart() > 0 ? hunk.oldStart() : hunk.oldStart() - 1)
              + shift;
      int found = find(result, hunk.before(), Math.max(wanted, 0), floor);
      if (found < 0) {
        throw rejected(
            patch,
            file,
            hunk,
            result.isEmpty() && !hunk.before().isEmpty()
                ? "there is no such file, or it is empty"
                : "the lines that it changes are not there");
      }
      List<String> place = result.subList(found, found + hunk.before().size());
      place.clear();
      place.addAll(hunk.after());
      shift = found - (wanted - shift) + hunk.after().size() - hunk.before().size();
      floor = found + hunk.after().size();
    }
    return result;
  }

  private static int find(List<String> lines, List<String> wanted, int near, int floor) {
    for (int away = 0; away <= REACH; away++) {
      if (matches(lines, wanted, near + away, floor)) {
        return near + away;
      }
      if (matches(lines, wanted, near - away, floor)) {
        return near - away;
      }
    }
    return -1;
  }

  private static boolean matches(List<String> lines, List<String> wanted, int at, int floor) {
    return at >= floor
        && at + wanted.size() <= lines.size()
        && lines.subList(at, at + wanted.size()).equals(wanted);
  }

  private static CompileException rejected(
      Path patch, UnifiedDiff.FileDiff file, UnifiedDiff.Hunk hunk, String reason) {
    int number = Collections.unmodifiableList(file.hunks()).indexOf(hunk) + 1;
    return new CompileException(
        "Could not apply patch "
            + patch.getFileName()
            + ": hunk "
            + number
            + " of "
            + file.to().or(file::from).orElse("?")
            + " (line "
            + hunk.line()
            + " of the patch) is rejected: "
            + reason
            + ". Does the patch belong to this version?");
  }
}
