package io.github.prosodyoci.compile.run;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.core.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The programs of this machine that a step may use (docs/recipes.md). There are no others, so that
 * a build does not depend on what happens to be installed.
 */
public final class HostTools {

  private static final List<String> PROGRAMS =
      List.of("sh", "make", "perl", "sed", "awk", "grep", "tar");

  private static final List<String> COREUTILS =
      List.of(
          ("[ basename cat chmod cksum comm cp cut date dd dirname echo env expand expr false fold"
                  + " head id install join link ln ls mkdir mkfifo mktemp mv nl od paste pathchk"
                  + " pr printenv printf pwd readlink realpath rm rmdir seq sha256sum sleep sort"
                  + " split stat sum sync tac tail tee test touch tr true truncate tsort uname"
                  + " unexpand uniq wc yes")
              .split(" ", -1));

  private final List<Path> searchPath;

  /** Creates the tools of a machine that keeps its programs in some folders. */
  public HostTools(List<Path> searchPath) {
    this.searchPath = List.copyOf(searchPath);
  }

  /** Returns these tools and those in further folders, after them. */
  HostTools and(List<Path> folders) {
    return new HostTools(Stream.concat(searchPath.stream(), folders.stream()).toList());
  }

  /** Returns a program of the machine, allowed or not, if it is installed. */
  public Optional<Path> find(String name) {
    return candidates(name).findFirst();
  }

  /**
   * Returns the first suitable program of a name, by a path without links.
   *
   * @param suits decides whether the program at such a path may be used
   */
  public Optional<Path> find(String name, Predicate<Path> suits) {
    return candidates(name)
        .flatMap(
            file -> {
              try {
                return Stream.of(file.toRealPath());
              } catch (IOException e) {
                return Stream.empty(); // it is gone
              }
            })
        .filter(suits)
        .findFirst();
  }

  private Stream<Path> candidates(String name) {
    return searchPath.stream()
        .map(folder -> folder.resolve(name))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .map(Path::toAbsolutePath);
  }

  /**
   * Fills a folder with links to the allowed programs.
   *
   * @param isolation how the programs will run: only what it shows is linked
   * @throws io.github.prosodyoci.core.FailureException if programs are missing; all are named
   * @throws IOException if the folder cannot be written
   */
  public void link(Path bin, Isolation isolation) throws IOException {
    List<String> missing = new ArrayList<>();
    for (List<String> names : List.of(PROGRAMS, COREUTILS)) {
      for (String name : names) {
        Optional<Path> program = isolation.enforced() ? find(name, isolation::shows) : find(name);
        if (program.isPresent()) {
          Files.createSymbolicLink(bin.resolve(name), program.get());
        } else {
          missing.add(name);
        }
      }
    }
    if (!missing.isEmpty()) {
      throw Failure.of(
              CompileCode.HOST_TOOL_MISSING,
              "find",
              String.join(", ", missing) + ", which build steps need",
              "not on the PATH" + (isolation.enforced() ? " below " + isolation.shown() : ""))
          .advising(
              "Install what is missing (Debian, Ubuntu: apt-get install make perl gawk sed grep tar"
                  + " coreutils; Fedora: dnf install make perl gawk sed grep tar coreutils; Alpine:"
                  + " apk add make perl gawk sed grep tar coreutils).")
          .toException();
    }
  }
}
