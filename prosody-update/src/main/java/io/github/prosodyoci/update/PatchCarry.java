package io.github.prosodyoci.update;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.patch.MemoryTree;
import io.github.prosodyoci.core.patch.Patcher;
import io.github.prosodyoci.core.patch.UnifiedDiff;
import io.github.prosodyoci.recipe.yaml.YamlEdits;
import io.github.prosodyoci.recipe.yaml.YamlMap;
import io.github.prosodyoci.recipe.yaml.YamlNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Carries a recipe's patches over to new sources: those that apply stay, those that the sources
 * contain already go, and any other stops the update.
 */
final class PatchCarry {

  private final YamlMap root;
  private final PatchFiles newer;
  private final PatchFiles older;
  private final String to;

  /**
   * Creates it.
   *
   * @param root the recipe with its new pins
   * @param newer the new sources
   * @param older the former sources, for patches that Debian's new queue no longer has
   * @param to the new version, for messages
   */
  PatchCarry(YamlMap root, PatchFiles newer, PatchFiles older, String to) {
    this.root = root;
    this.newer = newer;
    this.older = older;
    this.to = to;
  }

  /**
   * The recipe with the patches that are still needed.
   *
   * @param text the whole text of the recipe
   * @param notes what became of the patches
   */
  record Carried(String text, List<String> notes) {}

  /** A patch: where it comes from, and what was found out. */
  private static final class Patch {
    private final String path;
    private boolean lost;
    private boolean contained;
    private Optional<UnifiedDiff> diff = Optional.empty();
    private Optional<String> trouble = Optional.empty();

    Patch(String path) {
      this.path = path;
    }
  }

  /**
   * Returns the recipe with the patches that are still needed.
   *
   * @param text the text that the recipe was read from
   * @throws FailureException with {@link UpdateCode#PATCHES} if a patch neither applies nor is
   *     contained; the message names each
   * @throws IOException if a file cannot be read
   */
  Carried run(String text) throws IOException {
    List<Patch> patches = read(root.texts("patches"));
    if (patches.isEmpty()) {
      return new Carried(text, List.of());
    }
    Set<String> paths = new TreeSet<>();
    patches.forEach(patch -> patch.diff.ifPresent(diff -> paths.addAll(diff.paths())));
    MemoryTree sources = newer.tree(paths);
    findContained(patches, new MemoryTree(sources));
    tryToApply(patches, sources);
    stopAtTrouble(patches);

    List<String> notes = new ArrayList<>();
    Set<String> gone = new TreeSet<>();
    for (Patch patch : patches) {
      if (patch.contained) {
        gone.add(patch.path);
        notes.add("Dropped the patch " + patch.path + ": " + to + " contains it");
      }
    }
    int kept = patches.size() - gone.size();
    notes.add("Kept " + kept + " of " + patches.size() + " patches, which apply to " + to);
    YamlEdits edits = new YamlEdits(text);
    edits.removeElements(root, "patches", gone);
    for (YamlMap entry : root.maps("security")) {
      entry.find("by").ifPresent(by -> correct(entry, by, gone, edits, notes));
    }
    return new Carried(edits.apply(), notes);
  }

  /** Names the version where a patch is named that is dropped. */
  private void correct(
      YamlMap entry, YamlNode by, Set<String> gone, YamlEdits edits, List<String> notes) {
    if (by.isText() && gone.contains(by.text())) {
      edits.replace(by, to);
    } else if (by.isList() && by.list().stream().anyMatch(one -> gone.contains(one.text()))) {
      notes.add(
          by.where() + ": " + entry.text("cve") + " names patches that were dropped: correct 'by'");
    }
  }

  private List<Patch> read(List<String> paths) throws IOException {
    Map<String, String> texts = newer.patches(Set.copyOf(paths));
    Set<String> missing = new TreeSet<>(paths);
    missing.removeAll(texts.keySet());
    Map<String, String> lost = missing.isEmpty() ? Map.of() : older.patches(missing);
    Map<String, Patch> patches = new LinkedHashMap<>();
    for (String path : paths) {
      Patch patch = new Patch(path);
      patch.lost = missing.contains(path);
      String text = patch.lost ? lost.get(path) : texts.get(path);
      if (text == null) {
        patch.trouble = Optional.of("neither the new nor the former sources have it");
      } else {
        try {
          patch.diff = Optional.of(UnifiedDiff.parse(text));
        } catch (FailureException e) {
          patch.trouble = Optional.of(e.failure().found());
        }
      }
      patches.put(path, patch);
    }
    return List.copyOf(patches.values());
  }

  /** Takes back, from the last to the first, what is in: a later patch may change an earlier. */
  private static void findContained(List<Patch> patches, MemoryTree tree) throws IOException {
    for (int i = patches.size() - 1; i >= 0; i--) {
      Patch patch = patches.get(i);
      if (patch.diff.isPresent()) {
        try {
          new Patcher(tree).apply(patch.diff.get().reversed());
          patch.contained = true;
        } catch (FailureException e) {
          patch.contained = false;
        }
      }
    }
  }

  private static void tryToApply(List<Patch> patches, MemoryTree tree) throws IOException {
    for (Patch patch : patches) {
      if (patch.diff.isEmpty()) {
        continue;
      }
      try {
        new Patcher(patch.contained ? new MemoryTree(tree) : tree).apply(patch.diff.get());
        if (patch.contained) {
          patch.trouble = Optional.of("its change is there, yet it applies again");
        } else if (patch.lost) {
          patch.trouble =
              Optional.of("Debian's queue no longer has it, and the sources do not contain it");
        }
      } catch (FailureException e) {
        if (!patch.contained) {
          patch.trouble =
              Optional.of(
                  e.failure().found()
                      + (patch.lost ? "; Debian's queue no longer has it either" : ""));
        }
      }
    }
  }

  private void stopAtTrouble(List<Patch> patches) {
    List<String> stuck = new ArrayList<>();
    List<String> contained = new ArrayList<>();
    for (Patch patch : patches) {
      patch.trouble.ifPresent(reason -> stuck.add(patch.path + " (" + reason + ")"));
      if (patch.contained && patch.trouble.isEmpty()) {
        contained.add(patch.path);
      }
    }
    if (!stuck.isEmpty()) {
      throw UpdateCode.PATCHES.failure(
          root,
          root.where("patches"),
          "it is not clear whether these patches apply to "
              + to
              + " or are contained in it: "
              + String.join("; ", stuck)
              + (contained.isEmpty()
                  ? ""
                  : "; contained, and to be dropped, are " + String.join(", ", contained)));
    }
  }
}
