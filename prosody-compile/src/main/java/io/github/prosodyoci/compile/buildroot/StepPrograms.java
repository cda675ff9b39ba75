package io.github.prosodyoci.compile.buildroot;

import io.github.prosodyoci.compile.run.Sandbox;
import io.github.prosodyoci.compile.run.Shell;
import io.github.prosodyoci.core.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Fills the folder that is a step's {@code PATH}. In a sandbox, the programs of the build root are
 * where they belong, and links lead to them. Without one, each program that needs libraries is a
 * script that starts it by the build root's own loader.
 */
public final class StepPrograms {

  /** The path under which an object file may know the build root, on every machine. */
  private static final String NEUTRAL = "/build-root";

  private static final String COMPILER =
      " --config=@SETTINGS@ --target=@TRIPLE@ --sysroot=@SYSROOT@"
          + " -resource-dir=@SYSROOT@/usr/lib/clang -ffile-prefix-map=@BUILD@=."
          + " -ffile-prefix-map=@WORK@=/ -ffile-prefix-map=@ROOT@="
          + NEUTRAL
          + " @MORE@\"$@\"\n";

  /** All of this class that can change what is built; part of the build root's digest. */
  static final String DESCRIPTION =
      COMPILER + RootPrograms.APPLETS + RootPrograms.GNU + RootPrograms.LLVM;

  private final BuildRoot root;
  private final Path work;
  private final Sandbox sandbox;
  private final Path bin;

  /**
   * Creates it.
   *
   * @param work the folder of a build, whose path must not be in what is built
   * @param sandbox where the programs will run
   * @param bin the folder to fill, in the folder of the build
   */
  public StepPrograms(BuildRoot root, Path work, Sandbox sandbox, Path bin) {
    this.root = root;
    this.work = work;
    this.sandbox = sandbox;
    this.bin = bin;
  }

  /**
   * Adds the programs that do not depend on a target.
   *
   * @throws IOException if the folder cannot be written
   */
  public void addAll() throws IOException {
    for (String applet : RootPrograms.APPLETS) {
      Files.createSymbolicLink(bin.resolve(applet), sandbox.inside(root.busybox()));
    }
    SortedMap<String, Path> programs = new TreeMap<>();
    programs.put("sh", root.root().resolve(RootPrograms.SHELL));
    programs.put("make", root.root().resolve(RootPrograms.MAKE));
    programs.put("perl", root.root().resolve(RootPrograms.PERL));
    RootPrograms.GNU.forEach(
        name -> programs.put(name, root.root().resolve("usr/bin").resolve(name)));
    Optional<Path> llvm = BuildRoot.llvm(root.root());
    if (llvm.isPresent()) {
      RootPrograms.LLVM.forEach(
          (name, program) -> programs.put(name, llvm.get().resolve("bin").resolve(program)));
    }
    for (Map.Entry<String, Path> program : programs.entrySet()) {
      if (Files.exists(program.getValue())) {
        add(bin.resolve(program.getKey()), program.getValue());
      }
    }
  }

  private void add(Path file, Path program) throws IOException {
    if (sandbox.isIsolated()) {
      Files.createSymbolicLink(file, sandbox.inside(program));
      return;
    }
    String text = "exec " + Shell.quoted(root.loading(program, file.toString()));
    Path loader = Files.createDirectories(bin.resolveSibling("loader"));
    if (program.endsWith(RootPrograms.PERL)) {
      String modules =
          root.perlModules().stream().map(Path::toString).collect(Collectors.joining(":"));
      // Before those that are compiled in, which are the machine's.
      text =
          "PERL5LIB=${PERL5LIB:+$PERL5LIB:}"
              + Shell.quoted(modules)
              + "\nexport PERL5LIB\n"
              + text
              + " "
              + Shell.quoted(List.of("-I" + loader, "-MOwnPath"));
      // Scripts start perl again by $^X, which perl takes for the path of the loader.
      Files.writeString(
          loader.resolve("OwnPath.pm"),
          "package OwnPath;\n$^X = " + Shell.quoted(file.toString()) + ";\n1;\n");
    } else if (program.endsWith(RootPrograms.MAKE)) {
      // Or it takes the machine's, at /bin/sh.
      text += " " + Shell.quoted("SHELL=" + bin.resolve("sh"));
    }
    script(file, text + " \"$@\"\n");
  }

  /**
   * Adds {@code cc} for a target.
   *
   * @throws IOException if the folder cannot be written
   */
  public void addTarget(Platform target, Path sysroot) throws IOException {
    if (addCompiler("cc", target, sysroot, "")) {
      Files.createSymbolicLink(bin.resolve("clang"), Path.of("cc"));
    }
  }

  /**
   * Adds {@code hostcc}, which makes static programs for the machine that builds.
   *
   * @throws IOException if the folder cannot be written
   */
  public void addHost(Platform host, Path sysroot) throws IOException {
    addCompiler("hostcc", host, sysroot, "-static ");
  }

  private boolean addCompiler(String name, Platform platform, Path sysroot, String more)
      throws IOException {
    Optional<Path> clang =
        BuildRoot.llvm(root.root())
            .map(folder -> folder.resolve("bin/clang"))
            .filter(Files::exists);
    if (clang.isEmpty()) {
      return false;
    }
    String text = "exec " + compiler(clang.get()) + COMPILER;
    for (List<String> variable :
        List.of(
            List.of("@SETTINGS@", quoted(root.root().resolve(BuildRoot.SETTINGS))),
            List.of("@ROOT@", Shell.quoted(seen())),
            List.of("@SYSROOT@", quoted(sysroot)),
            List.of("@BUILD@", quoted(work.resolve("build"))),
            List.of("@WORK@", quoted(work)),
            List.of("@TRIPLE@", platform.triple()),
            List.of("@MORE@", more))) {
      text = text.replace(variable.get(0), variable.get(1));
    }
    script(bin.resolve(name), text);
    return true;
  }

  /** Returns the path by which the compiler knows where its own files are. */
  private String seen() {
    return sandbox.isIsolated() ? "/usr" : root.root().resolve("usr").toString();
  }

  /**
   * Returns the command that starts the compiler. Without a sandbox it cannot find out where it is,
   * as the kernel only knows the loader: it takes its first argument for its path, by which it
   * starts itself again, and finds the linker beside it.
   */
  private String compiler(Path clang) throws IOException {
    if (sandbox.isIsolated()) {
      return quoted(clang);
    }
    Path folder = bin.resolveSibling("loader");
    Path own = folder.resolve("clang");
    if (!Files.exists(own)) {
      add(own, clang);
      add(folder.resolve("ld.lld"), clang.resolveSibling("ld.lld"));
    }
    return Shell.quoted(root.loading(clang, own.toString())) + " -no-canonical-prefixes";
  }

  private void script(Path file, String text) throws IOException {
    Files.writeString(file, "#!" + sandbox.inside(root.busybox()) + " sh\n" + text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private String quoted(Path path) {
    return Shell.quoted(sandbox.inside(path).toString());
  }
}
