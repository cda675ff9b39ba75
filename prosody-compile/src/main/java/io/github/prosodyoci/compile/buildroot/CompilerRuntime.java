package io.github.prosodyoci.compile.buildroot;

import io.github.prosodyoci.core.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Clang's own library of functions and its start files, as Alpine's package {@code compiler-rt}
 * lays them down: below {@code usr/lib/llvm<version>/lib/clang/<version>/lib}, in a folder {@code
 * linux} with the architecture in the files' names, or in one named after the target without it.
 */
public final class CompilerRuntime {

  /** Where the compiler of a sysroot looks, whatever its version. */
  private static final String PLACE = "usr/lib/clang/lib/linux";

  private static final List<String> PARTS =
      List.of("libclang_rt.builtins.a", "clang_rt.crtbegin.o", "clang_rt.crtend.o");
  private static final int DEPTH = 7;

  private CompilerRuntime() {}

  /**
   * Makes links to the runtime where the compiler looks for it, if a sysroot has one.
   *
   * @throws IOException if the sysroot cannot be read or written
   */
  public static void link(Path sysroot, Platform platform) throws IOException {
    Path libraries = sysroot.resolve("usr/lib");
    Path place = sysroot.resolve(PLACE);
    if (!Files.isDirectory(libraries)) {
      return;
    }
    String architecture = platform.muslArchitecture();
    for (String part : PARTS) {
      int dot = part.lastIndexOf('.');
      String name = part.substring(0, dot) + "-" + architecture + part.substring(dot);
      Pattern wanted =
          Pattern.compile(
              "llvm[^/]*/lib/clang/[^/]+/lib/(linux/"
                  + Pattern.quote(name)
                  + "|"
                  + architecture
                  + "-[^/]+/"
                  + Pattern.quote(part)
                  + ")");
      Optional<Path> found = find(libraries, wanted);
      if (found.isPresent() && !Files.exists(place.resolve(name))) {
        Files.createDirectories(place);
        Files.createSymbolicLink(place.resolve(name), place.relativize(found.get()));
      }
    }
  }

  /** Returns the file of the highest version. */
  private static Optional<Path> find(Path libraries, Pattern wanted) throws IOException {
    try (Stream<Path> files =
        Files.find(
            libraries,
            DEPTH,
            (path, facts) -> wanted.matcher(libraries.relativize(path).toString()).matches())) {
      return files.max(Comparator.naturalOrder());
    }
  }
}
