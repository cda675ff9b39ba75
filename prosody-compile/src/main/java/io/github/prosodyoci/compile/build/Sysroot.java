package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.CompileException;
import io.github.prosodyoci.compile.recipe.Requirement;
import io.github.prosodyoci.compile.split.BuiltPackage;
import io.github.prosodyoci.rootfs.apk.Apk;
import io.github.prosodyoci.rootfs.apk.Dependency;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The packages that a recipe is built against: those it asks for, and all that these need.
 *
 * @param files where each package lies, by the package
 */
public record Sysroot(SortedMap<String, Content> files) {

  /**
   * A package in the sysroot.
   *
   * @param built the package
   * @param file where it lies
   */
  public record Content(BuiltPackage built, Path file) {}

  /**
   * Returns the sysroot for what a recipe asks for.
   *
   * @param requirements what it asks for
   * @param available all that was built before
   * @throws CompileException if something is needed that was not built
   */
  public static Sysroot of(List<Requirement> requirements, Collection<NodeResult> available) {
    Map<String, Content> byName = new HashMap<>();
    Map<String, Content> byProvided = new TreeMap<>();
    for (NodeResult result : available) {
      for (BuiltPackage built : result.packages()) {
        Content content = new Content(built, result.folder().resolve(built.file()));
        byName.put(built.name(), content);
        for (String provided : built.provides()) {
          byProvided.merge(
              Dependency.parse(provided).name(),
              content,
              (a, b) -> a.built().name().compareTo(b.built().name()) <= 0 ? a : b);
        }
      }
    }
    SortedMap<String, Content> chosen = new TreeMap<>();
    Deque<Requirement> open = new ArrayDeque<>(requirements);
    while (!open.isEmpty()) {
      Requirement next = open.removeFirst();
      Content content = byName.getOrDefault(next.name(), byProvided.get(next.name()));
      if (content == null) {
        throw new CompileException(
            "Could not lay out a sysroot: "
                + next.where()
                + " needs "
                + next.name()
                + ", which no recipe built before provides. Add the package that does to the"
                + " build-dependencies.");
      }
      if (chosen.putIfAbsent(content.built().name(), content) == null) {
        for (String text : content.built().depends()) {
          Dependency dependency = Dependency.parse(text);
          if (!dependency.conflict()) {
            open.add(new Requirement(dependency.name(), content.built().file()));
          }
        }
      }
    }
    return new Sysroot(chosen);
  }

  /** Returns the packages' names with their digests, as part of a key. */
  public List<List<String>> content() {
    List<List<String>> result = new ArrayList<>();
    files.forEach(
        (name, content) -> result.add(List.of(name, content.built().digest().toString())));
    return result;
  }

  /** Returns all that the packages provide, without versions. */
  public Set<String> provided() {
    Set<String> result = new TreeSet<>();
    for (Content content : files.values()) {
      content.built().provides().forEach(text -> result.add(Dependency.parse(text).name()));
    }
    return result;
  }

  /**
   * Lays the packages out below a folder.
   *
   * @throws IOException if a package cannot be read or the folder not be written
   */
  public void extract(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (Content content : files.values()) {
      Apk.read(content.file()).extract(folder);
    }
  }
}
