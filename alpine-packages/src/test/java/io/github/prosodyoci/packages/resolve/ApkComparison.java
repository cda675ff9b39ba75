package io.github.prosodyoci.packages.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.packages.Alpine;
import io.github.prosodyoci.packages.PackageCode;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.PackageInfo;
import io.github.prosodyoci.packages.index.IndexEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Compares our choices with those of apk itself, in an empty root. */
final class ApkComparison {

  private static final Pattern INSTALLING =
      Pattern.compile("\\([0-9]+/[0-9]+\\) Installing ([^ @]+)(?:@\\S+)? \\((.+)\\)");

  /** How one world compares. */
  enum Outcome {
    /** Both choose the same packages, or none. */
    EQUAL,
    /** Both choose, but not the same. */
    DIFFERENT,
    /** Only we find a solution. */
    ONLY_WE,
    /** Only apk finds a solution. */
    ONLY_APK
  }

  /**
   * A compared world.
   *
   * @param ours name and version of each package that we choose; empty if nothing fits
   * @param theirs the same of apk
   * @param accepted whether apk, asked for exactly our packages beside the world, installs them and
   *     nothing else; true without a choice of ours
   */
  record Compared(
      List<String> world,
      Outcome outcome,
      Optional<Set<String>> ours,
      Optional<Set<String>> theirs,
      boolean accepted) {

    @Override
    public String toString() {
      return world
          + ": "
          + outcome
          + (accepted ? "" : ", REFUSED")
          + ", we "
          + ours.map(Set::toString).orElse("nothing")
          + ", apk "
          + theirs.map(Set::toString).orElse("nothing");
    }
  }

  private final Alpine.Tool apk;
  private final Path root;

  /** Unpacks apk, or skips the test. */
  ApkComparison(Path folder) throws IOException {
    apk = Alpine.Tool.unpack(folder.resolve("tool"));
    root = folder.resolve("root");
    for (String file : List.of("lib/apk/db/installed", "lib/apk/db/triggers", "etc/apk/world")) {
      Files.createDirectories(root.resolve(file).getParent());
      Files.createFile(root.resolve(file));
    }
  }

  /**
   * Compares.
   *
   * @param options where apk finds the same repositories
   */
  Compared compare(List<Repository> repositories, List<Object> options, List<String> world)
      throws IOException {
    Optional<Solution> solution = solve(repositories, world);
    Optional<Set<String>> ours =
        solution.map(
            found ->
                found.packages().stream()
                    .map(selected -> selected.entry().info().nameVersion())
                    .collect(Collectors.toCollection(TreeSet::new)));
    Optional<Set<String>> theirs = theirs(options, world);
    boolean accepted =
        solution.isEmpty()
            || theirs(options, pinned(repositories, world, solution.get())).equals(ours);
    Outcome outcome =
        ours.equals(theirs)
            ? Outcome.EQUAL
            : ours.isEmpty()
                ? Outcome.ONLY_APK
                : theirs.isEmpty() ? Outcome.ONLY_WE : Outcome.DIFFERENT;
    return new Compared(world, outcome, ours, theirs, accepted);
  }

  private static Optional<Solution> solve(List<Repository> repositories, List<String> world) {
    try {
      return Optional.of(
          new Resolver(repositories).resolve(world.stream().map(Dependency::parse).toList()));
    } catch (FailureException e) {
      assertThat(e.failureCode()).as(e.getMessage()).isEqualTo(PackageCode.UNSATISFIABLE);
      return Optional.empty();
    }
  }

  /** Returns what apk would install, empty if it finds no solution. */
  Optional<Set<String>> theirs(List<Object> options, List<String> world) throws IOException {
    List<Object> arguments =
        new ArrayList<>(List.of("add", "--root", root, "--simulate", "--arch", "x86_64"));
    arguments.addAll(options);
    arguments.addAll(world);
    Alpine.Result result = apk.run(arguments.toArray());
    if (result.status() != 0) {
      assertThat(result.output())
          .containsAnyOf("unable to select packages", "missing repository tags");
      return Optional.empty();
    }
    return Optional.of(
        INSTALLING
            .matcher(result.output())
            .results()
            .map(match -> match.group(1) + "-" + match.group(2))
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  /** Returns the names of packages whose {@code install_if} is met, and that were not chosen. */
  private static List<String> stayingAway(List<Repository> repositories, Solution solution) {
    List<PackageInfo> chosen =
        solution.packages().stream().map(selected -> selected.entry().info()).toList();
    return repositories.stream()
        .flatMap(repository -> repository.entries().stream())
        .map(IndexEntry::info)
        .filter(info -> !info.installIf().isEmpty())
        .filter(info -> chosen.stream().noneMatch(each -> has(each, info.name())))
        .filter(info -> info.installIf().stream().allMatch(each -> isMet(each, chosen)))
        .map(PackageInfo::name)
        .distinct()
        .toList();
  }

  private static boolean has(PackageInfo info, String name) {
    return info.name().equals(name)
        || info.provides().stream().anyMatch(provided -> provided.name().equals(name));
  }

  private static boolean isMet(Dependency condition, List<PackageInfo> chosen) {
    return chosen.stream()
        .anyMatch(
            info ->
                (info.name().equals(condition.name()) && condition.accepts(info.version()))
                    || info.provides().stream()
                        .anyMatch(
                            provided ->
                                provided.name().equals(condition.name())
                                    && condition.accepts(provided.version())));
  }

  /**
   * Returns the world with every chosen package by name and version; by checksum where repositories
   * have two builds of one version; and without packages by {@code install_if} that stay away.
   */
  private static List<String> pinned(
      List<Repository> repositories, List<String> world, Solution solution) {
    Map<String, String> pinned = new TreeMap<>();
    world.forEach(entry -> pinned.put(Dependency.parse(entry).name(), entry));
    for (Selected selected : solution.packages()) {
      String nameVersion = selected.entry().info().nameVersion();
      String tag = repositories.get(selected.repository()).tag();
      boolean several =
          repositories.stream()
              .flatMap(repository -> repository.entries().stream())
              .anyMatch(
                  entry ->
                      entry.info().nameVersion().equals(nameVersion)
                          && !entry.identity().equals(selected.entry().identity()));
      pinned.put(
          selected.name(),
          selected.name()
              + (tag.isEmpty() ? "" : "@" + tag)
              + (several
                  ? "><" + selected.entry().identity()
                  : "=" + selected.entry().info().version()));
    }
    for (String away : stayingAway(repositories, solution)) {
      pinned.putIfAbsent(away, "!" + away);
    }
    return List.copyOf(pinned.values());
  }
}
