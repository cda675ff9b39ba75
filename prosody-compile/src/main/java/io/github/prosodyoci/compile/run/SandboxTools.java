package io.github.prosodyoci.compile.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The programs that make a sandbox, each as a command. Only options are used that util-linux and
 * BusyBox both have. All but the first also run inside the sandbox.
 *
 * @param unshare unshare(1)
 * @param shell a POSIX shell
 * @param mount mount(8)
 * @param umount umount(8)
 * @param pivotRoot pivot_root(8)
 * @param hostname hostname(1)
 */
public record SandboxTools(
    List<String> unshare,
    List<String> shell,
    List<String> mount,
    List<String> umount,
    List<String> pivotRoot,
    List<String> hostname) {

  private static final List<String> NAMES =
      List.of("unshare", "sh", "mount", "umount", "pivot_root", "hostname");

  /** Copies the lists. */
  public SandboxTools {
    unshare = List.copyOf(unshare);
    shell = List.copyOf(shell);
    mount = List.copyOf(mount);
    umount = List.copyOf(umount);
    pivotRoot = List.copyOf(pivotRoot);
    hostname = List.copyOf(hostname);
  }

  /** The result of a search: the tools, or the names of those that are missing. */
  record Search(Optional<SandboxTools> tools, List<String> missing) {}

  static Search search(Function<String, Optional<Path>> finder) {
    Map<String, List<String>> found = new TreeMap<>();
    List<String> missing = new ArrayList<>();
    for (String name : NAMES) {
      Optional<Path> program = finder.apply(name);
      if (program.isPresent()) {
        found.put(name, List.of(program.get().toString()));
      } else {
        missing.add(name);
      }
    }
    if (!missing.isEmpty()) {
      return new Search(Optional.empty(), List.copyOf(missing));
    }
    List<List<String>> all =
        NAMES.stream().map(name -> found.getOrDefault(name, List.of())).toList();
    return new Search(
        Optional.of(
            new SandboxTools(
                all.get(0), all.get(1), all.get(2), all.get(3), all.get(4), all.get(5))),
        List.of());
  }
}
