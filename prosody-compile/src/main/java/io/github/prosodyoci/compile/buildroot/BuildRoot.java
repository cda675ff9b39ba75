package io.github.prosodyoci.compile.buildroot;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The unpacked build root.
 *
 * @param root its folder, with all files below {@code usr}
 * @param host the kind of machine that its programs run on
 * @param digest the digest of its packages and of how it is laid out
 * @param files what the folder must contain
 */
public record BuildRoot(Path root, BuildHost host, Digest digest, BuildRootFiles files) {

  /** Where the settings of the compiler are. */
  static final String SETTINGS = "usr/share/prosody-oci/cc.cfg";

  /**
   * Checks that nobody has changed it.
   *
   * @param fully whether every file is hashed, not only those that were touched
   * @throws io.github.prosodyoci.core.FailureException if somebody has
   * @throws IOException if it cannot be read
   */
  public void verify(boolean fully) throws IOException {
    Optional<String> changed = files.difference(root, fully);
    if (changed.isPresent()) {
      throw Failure.of(
              CompileCode.BUILD_ROOT_CHANGED,
              "trust",
              root.resolve(changed.get()).toString(),
              "this part of the build root was changed while it was in use")
          .toException();
    }
  }

  /** Returns the static program that is the small tools, and that makes sandboxes. */
  public Path busybox() {
    return root.resolve(RootPrograms.BUSYBOX);
  }

  /** Returns the program that removes symbols, if there is a compiler. */
  public Optional<Path> strip() throws IOException {
    return llvm(root).map(folder -> folder.resolve("bin/llvm-strip")).filter(Files::exists);
  }

  /**
   * Returns the command that starts a program of the build root on the machine, outside any
   * sandbox: by the build root's own loader and with its own libraries (ld.so(8)).
   *
   * @param program its path on the machine
   * @param name what the program is to take for its own path
   */
  List<String> loading(Path program, String name) throws IOException {
    if (program.equals(busybox())) {
      return List.of(program.toString());
    }
    Path libraries = root.resolve(libraries(host));
    StringBuilder path = new StringBuilder(libraries.toString());
    llvm(root).ifPresent(folder -> path.append(':').append(folder.resolve("lib")));
    return List.of(
        libraries.resolve(loader(host)).toString(),
        "--argv0",
        name,
        "--library-path",
        path.toString(),
        program.toString());
  }

  /** Returns the folders of perl's modules. */
  List<Path> perlModules() throws IOException {
    List<Path> folders = new ArrayList<>();
    for (String place : List.of(libraries(host) + "/perl", "usr/share/perl")) {
      Folders.list(root.resolve(place)).stream().filter(Files::isDirectory).forEach(folders::add);
    }
    Path base = root.resolve(libraries(host)).resolve("perl-base");
    if (Files.isDirectory(base)) {
      folders.add(base);
    }
    return folders;
  }

  /** Returns the folder of LLVM in a root, if there is one. */
  static Optional<Path> llvm(Path root) throws IOException {
    return Folders.list(root.resolve("usr/lib")).stream()
        .filter(folder -> folder.getFileName().toString().startsWith("llvm-"))
        .findFirst();
  }

  /** Returns the folder of the libraries, named after Debian's multiarch tuple. */
  static String libraries(BuildHost host) {
    return "usr/lib/" + host.apkArchitecture() + "-linux-gnu";
  }

  /** Returns the name of the C library's loader, which the ABI of the architecture fixes. */
  static String loader(BuildHost host) {
    return host == BuildHost.LINUX_ARM64 ? "ld-linux-aarch64.so.1" : "ld-linux-x86-64.so.2";
  }
}
