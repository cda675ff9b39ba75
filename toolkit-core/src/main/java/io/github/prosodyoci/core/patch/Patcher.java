package io.github.prosodyoci.core.patch;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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

  private final PatchTree tree;

  /** Creates a patcher of some files. */
  public Patcher(PatchTree tree) {
    this.tree = tree;
  }

  /**
   * Applies a patch.
   *
   * @param patch the patch file
   * @throws FailureException if the patch is damaged, or a hunk does not apply; the files are as
   *     they were then
   * @throws IOException if a file cannot be read or written
   */
  public void apply(Path patch) throws IOException {
    // One char per byte: a patch changes bytes, whatever their encoding.
    String text = Files.readString(patch, StandardCharsets.ISO_8859_1);
    try {
      apply(UnifiedDiff.parse(text));
    } catch (FailureException e) {
      throw e.failure().about("apply", "patch " + patch.getFileName()).toException(e);
    }
  }

  /**
   * Applies a patch.
   *
   * @throws FailureException if a hunk does not apply; the files are as they were then
   * @throws IOException if a file cannot be read or written
   */
  public void apply(UnifiedDiff diff) throws IOException {
    Map<String, Optional<List<String>>> changed = new LinkedHashMap<>();
    for (UnifiedDiff.FileDiff file : diff.files()) {
      String target = target(file);
      Optional<List<String>> old =
          changed.containsKey(target) ? changed.get(target) : tree.read(target);
      if (file.from().isEmpty() && old.filter(lines -> !lines.isEmpty()).isPresent()) {
        throw rejected(file, file.hunks().get(0), "the file that it creates is there");
      }
      List<String> result = applied(file, old.orElse(List.of()));
      changed.put(
          target, file.to().isEmpty() && result.isEmpty() ? Optional.empty() : Optional.of(result));
    }
    for (Map.Entry<String, Optional<List<String>>> change : changed.entrySet()) {
      tree.write(change.getKey(), change.getValue());
    }
  }

  /** Returns the file that is changed: the old name, unless only the new one exists. */
  private String target(UnifiedDiff.FileDiff file) throws IOException {
    Optional<String> from = file.from().map(UnifiedDiff::stripped);
    Optional<String> to = file.to().map(UnifiedDiff::stripped);
    if (from.isPresent() && (to.isEmpty() || tree.read(from.get()).isPresent())) {
      return from.get();
    }
    return to.or(() -> from).orElseThrow();
  }

  private static List<String> applied(UnifiedDiff.FileDiff file, List<String> lines) {
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

  private static FailureException rejected(
      UnifiedDiff.FileDiff file, UnifiedDiff.Hunk hunk, String reason) {
    int number = Collections.unmodifiableList(file.hunks()).indexOf(hunk) + 1;
    return Failure.of(
            PatchCode.PATCH_REJECTED,
            "apply",
            "the patch",
            "hunk "
                + number
                + " of "
                + file.to().or(file::from).orElse("?")
                + " (line "
                + hunk.line()
                + " of the patch) is rejected: "
                + reason)
        .toException();
  }
}
