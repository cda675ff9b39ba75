package io.github.prosodyoci.update;

import io.github.prosodyoci.core.patch.MemoryTree;
import io.github.prosodyoci.fetch.FetchRequest;
import io.github.prosodyoci.fetch.FetchedSource;
import io.github.prosodyoci.fetch.Fetcher;
import io.github.prosodyoci.recipe.DeclaredSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a recipe's sources hold, laid out as for its build: patches, and the files that they change.
 * A source that cannot be fetched is left out.
 */
final class PatchFiles {

  private final Path recipe;
  private final List<DeclaredSource> sources;
  private final Fetcher fetcher;

  /**
   * Creates it.
   *
   * @param recipe the recipe's file, beside which its own patches lie
   * @param sources its sources, of which those for one architecture only do not count
   */
  PatchFiles(Path recipe, List<DeclaredSource> sources, Fetcher fetcher) {
    this.recipe = recipe;
    this.sources = sources.stream().filter(source -> source.arch().isEmpty()).toList();
    this.fetcher = fetcher;
  }

  /**
   * Returns the texts of patches, one char per byte, by their paths: from the archives, the folder
   * beside the recipe, or the sources themselves.
   */
  Map<String, String> patches(Set<String> paths) throws IOException {
    Map<String, String> texts = archived(paths);
    String stem = recipe.getFileName().toString().replaceFirst("\\.ya?ml$", "");
    for (String path : paths) {
      Path beside = recipe.resolveSibling(stem).resolve(path);
      if (!texts.containsKey(path) && Files.isRegularFile(beside)) {
        texts.put(path, Files.readString(beside, StandardCharsets.ISO_8859_1));
      }
    }
    for (DeclaredSource declared : sources) {
      String name = declared.source().file();
      if (paths.contains(name) && !texts.containsKey(name)) {
        for (FetchedSource fetched : fetched(declared)) {
          texts.put(name, Files.readString(fetched.path(), StandardCharsets.ISO_8859_1));
        }
      }
    }
    return texts;
  }

  private List<FetchedSource> fetched(DeclaredSource declared) {
    return fetcher.fetch(FetchRequest.optional(List.of(declared.source()))).fetched();
  }

  /** Returns the files with these paths, where they are. */
  MemoryTree tree(Set<String> paths) throws IOException {
    MemoryTree tree = new MemoryTree();
    archived(paths).forEach(tree::put);
    return tree;
  }

  private Map<String, String> archived(Set<String> paths) throws IOException {
    Map<String, String> texts = new HashMap<>();
    for (DeclaredSource declared : sources) {
      String name = declared.source().file();
      String where = declared.unpack().orElse(".");
      String prefix = where.equals(".") ? "" : where + "/";
      Set<String> wanted = new TreeSet<>();
      paths.stream()
          .filter(path -> path.startsWith(prefix))
          .forEach(path -> wanted.add(path.substring(prefix.length())));
      if (where.equals("none") || wanted.isEmpty() || !SourceArchive.isArchive(name)) {
        continue;
      }
      for (FetchedSource fetched : fetched(declared)) {
        SourceArchive.read(fetched.path(), name, wanted::contains)
            .texts()
            .forEach((path, text) -> texts.put(prefix + path, text));
      }
    }
    return texts;
  }
}
