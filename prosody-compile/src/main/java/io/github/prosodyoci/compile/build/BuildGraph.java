package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.PackageSpec;
import io.github.prosodyoci.recipe.Recipe;
import io.github.prosodyoci.recipe.RecipeBook;
import io.github.prosodyoci.recipe.Requirement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What must be built, each after what it needs.
 *
 * @param nodes all that is built, with what each needs built before; every node comes after those
 *     it needs
 * @param world the names of packages that no recipe makes, so that a repository must have them;
 *     with who first needs each
 */
public record BuildGraph(Map<Node, Set<Node>> nodes, SortedMap<String, Requirement> world) {

  /**
   * A recipe built for a platform.
   *
   * @param recipe the recipe
   * @param platform what its packages run on
   */
  public record Node(Recipe recipe, Platform platform) {

    /** Returns name and architecture, such as {@code musl (x86_64)}. */
    @Override
    public String toString() {
      return recipe.name() + " (" + platform.apkArchitecture() + ")";
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Node node
          && recipe.name().equals(node.recipe.name())
          && platform == node.platform;
    }

    @Override
    public int hashCode() {
      return recipe.name().hashCode() * 31 + platform.hashCode();
    }
  }

  /**
   * Returns the graph of all recipes for some platforms, and of those for the building machine
   * whose packages the programs need that a build itself runs. What several platforms need of the
   * building machine is in it once.
   *
   * @param targets what the packages run on
   * @param host the building machine, as a platform of our own packages
   * @throws FailureException if recipes need each other in a cycle
   */
  public static BuildGraph of(RecipeBook book, Collection<Platform> targets, Platform host) {
    return new Builder(book, host).build(targets);
  }

  /**
   * Checks that recipes make everything that is needed.
   *
   * @throws FailureException if they do not
   */
  public void checkComplete(RecipeBook book) {
    world.forEach(
        (name, requirement) -> {
          throw Failure.of(
                  CompileCode.PACKAGE_MISSING,
                  "find",
                  name,
                  "no recipe makes this package" + similar(name, book.owners().keySet()))
              .at(requirement.where())
              .advising(
                  "Correct the name, add a recipe that makes it, or configure <repositories> that"
                      + " have it.")
              .toException();
        });
  }

  /** Returns the sources of all that is built, the build root included, each once. */
  public List<DeclaredSource> sources(RecipeBook book, BuildHost host) {
    Map<Digest, DeclaredSource> sources = new LinkedHashMap<>();
    for (DeclaredSource source :
        book.buildRoot().map(root -> root.sources(host)).orElse(List.of())) {
      sources.put(source.source().sha256(), source);
    }
    for (Node node : nodes.keySet()) {
      for (DeclaredSource source : node.recipe().sourcesFor(node.platform().apkArchitecture())) {
        sources.putIfAbsent(source.source().sha256(), source);
      }
    }
    return List.copyOf(sources.values());
  }

  /** Returns what must be built directly before a node. */
  public Set<Node> needs(Node node) {
    return nodes.getOrDefault(node, Set.of());
  }

  private static final class Builder {
    private final RecipeBook book;
    private final Map<String, Recipe> owners;
    private final Map<String, PackageSpec> specs = new HashMap<>();
    private final Platform host;
    private final Map<Node, Set<Node>> done = new LinkedHashMap<>();
    private final SortedMap<String, Requirement> world = new TreeMap<>();
    private final Map<Node, Requirement> path = new LinkedHashMap<>();

    Builder(RecipeBook book, Platform host) {
      this.book = book;
      this.owners = book.owners();
      this.host = host;
      for (Recipe recipe : book.recipes()) {
        recipe.packages().forEach(spec -> specs.put(spec.name(), spec));
      }
    }

    BuildGraph build(Collection<Platform> targets) {
      for (Platform target : targets) {
        for (Recipe recipe : book.recipes()) {
          visit(new Node(recipe, target));
        }
      }
      return new BuildGraph(done, world);
    }

    private void visit(Node node) {
      if (done.containsKey(node)) {
        return;
      }
      Set<Node> needs = new LinkedHashSet<>();
      for (Requirement requirement : node.recipe().buildDependencies()) {
        follow(node, requirement, node.platform(), needs);
      }
      for (Requirement requirement : node.recipe().hostDependencies()) {
        follow(node, requirement, host, needs);
      }
      done.put(node, needs);
    }

    private void follow(Node node, Requirement requirement, Platform platform, Set<Node> needs) {
      for (Recipe recipe : sysrootOwners(requirement, new HashSet<>())) {
        Node needed = new Node(recipe, platform);
        path.put(node, requirement);
        if (path.containsKey(needed)) {
          throw cycle(needed);
        }
        visit(needed);
        path.remove(node);
        needs.add(needed);
      }
    }

    /** Returns the recipes of a package and of all that is installed with it in a sysroot. */
    private Set<Recipe> sysrootOwners(Requirement requirement, Set<String> seen) {
      Set<Recipe> result = new LinkedHashSet<>();
      Recipe owner = owners.get(requirement.name());
      PackageSpec spec = specs.get(requirement.name());
      if (owner == null || spec == null) {
        world.putIfAbsent(requirement.name(), requirement);
      } else if (seen.add(requirement.name())) {
        result.add(owner);
        for (String dependency : spec.runtime()) {
          result.addAll(
              sysrootOwners(
                  new Requirement(Dependency.parse(dependency).name(), spec.where()), seen));
        }
      }
      return result;
    }

    private FailureException cycle(Node first) {
      List<Node> cycle = new ArrayList<>(path.keySet());
      cycle = cycle.subList(cycle.indexOf(first), cycle.size());
      String steps =
          cycle.stream()
              .map(
                  node -> {
                    Requirement requirement = path.get(node);
                    return node.recipe().name()
                        + " needs "
                        + (requirement == null ? "?" : requirement.name())
                        + " ("
                        + (requirement == null ? "?" : requirement.where())
                        + ")";
                  })
              .collect(Collectors.joining(", "));
      return Failure.of(
              CompileCode.DEPENDENCY_CYCLE,
              "order",
              "the recipes",
              "they need each other in a cycle: " + steps)
          .toException();
    }
  }

  private static String similar(String name, Set<String> known) {
    return known.stream()
        .filter(other -> distance(name, other) <= 2)
        .min(Comparator.comparing((String other) -> distance(name, other)).thenComparing(o -> o))
        .map(other -> " (did you mean " + other + "?)")
        .orElse("");
  }

  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        row[j] =
            Math.min(
                Math.min(row[j], row[j - 1]) + 1,
                diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1));
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
