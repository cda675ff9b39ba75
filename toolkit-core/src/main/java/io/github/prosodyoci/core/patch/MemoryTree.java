package io.github.prosodyoci.core.patch;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Files in memory. */
public final class MemoryTree implements PatchTree {

  private final Map<String, List<String>> files = new HashMap<>();

  /** Creates an empty tree. */
  public MemoryTree() {}

  /** Creates a copy, which changes by itself. */
  public MemoryTree(MemoryTree other) {
    files.putAll(other.files);
  }

  /**
   * Puts a file into the tree.
   *
   * @param text one char per byte (ISO 8859-1)
   */
  public void put(String path, String text) {
    files.put(path, UnifiedDiff.lines(text));
  }

  @Override
  public Optional<List<String>> read(String path) {
    return Optional.ofNullable(files.get(path));
  }

  @Override
  public void write(String path, Optional<List<String>> lines) {
    if (lines.isEmpty()) {
      files.remove(path);
    } else {
      files.put(path, List.copyOf(lines.get()));
    }
  }
}
