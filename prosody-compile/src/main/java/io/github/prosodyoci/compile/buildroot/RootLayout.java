package io.github.prosodyoci.compile.buildroot;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.compile.source.DebPackage;
import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Folders;
import io.github.prosodyoci.core.archive.EntryPath;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Lays out what steps need of Debian packages: programs, libraries, modules of perl, headers of the
 * compiler. All goes below {@code usr}, as in a Debian system, where {@code /bin}, {@code /lib} and
 * the like are links to folders in {@code /usr}. Maintainer scripts never run.
 */
final class RootLayout {

  /** Folders that Debian keeps in {@code /usr} and packages may still have in {@code /}. */
  private static final Pattern MERGED = Pattern.compile("(bin|lib|lib64)/.+");

  private static final Pattern KEPT =
      Pattern.compile(
          "usr/lib/llvm-[^/]+/lib/clang/[^/]+/include/.+"
              + "|usr/lib/llvm-[^/]+/lib/[^/]+\\.so[^/]*"
              + "|usr/lib/[^/]+-linux-gnu/[^/]+\\.so(\\.[^/]*)?"
              + "|usr/lib/[^/]+-linux-gnu/perl(-base)?/.+"
              + "|usr/lib(64)?/ld-linux[^/]*"
              + "|usr/share/perl/.+");

  private static final Pattern PROGRAM = Pattern.compile("usr/bin/([^/]+)");
  private static final Pattern LLVM_PROGRAM = Pattern.compile("usr/lib/llvm-[^/]+/bin/([^/]+)");

  /** Perl's manual pages. */
  private static final String MANUAL = ".pod";

  private static final String SETTINGS =
      """
      --rtlib=compiler-rt
      -unwindlib=none
      -fuse-ld=lld
      -idirafter <CFGDIR>/../../lib/%s/include
      -fPIE
      -fstack-protector-strong
      -fstack-clash-protection
      -D_FORTIFY_SOURCE=2
      -fno-ident
      -Wno-unused-command-line-argument
      -Wl,-z,relro
      -Wl,-z,now
      -Wl,-z,noexecstack
      -Wl,-z,pack-relative-relocs
      -Wl,--as-needed
      -Wl,--build-id=none
      -Wl,--hash-style=gnu
      """;

  /** All of this class that can change what is built; part of the build root's digest. */
  static final String DESCRIPTION = SETTINGS + MERGED + KEPT + PROGRAM + LLVM_PROGRAM + MANUAL;

  private static final String FILE = "rw-r--r--";
  private static final String EXECUTABLE = "rwxr-xr-x";
  private static final int SET_ID = 06000;
  private static final int EXECUTE = 0100;

  private final String name;
  private final BuildHost host;
  private final Path folder;

  private RootLayout(String name, BuildHost host, Path folder) {
    this.name = name;
    this.host = host;
    this.folder = folder;
  }

  /**
   * Extracts what is needed of one package.
   *
   * @param deb the package's bytes; not closed
   * @param name its file name, for messages
   * @param host the machine that its programs must be for
   * @param folder the folder to extract into, which must not exist yet
   * @throws FailureException if this is no Debian package, it is for another architecture, or holds
   *     what no build root may have
   * @throws IOException if the folder cannot be written
   */
  static void extract(InputStream deb, String name, BuildHost host, Path folder)
      throws IOException {
    DebPackage opened = DebPackage.open(deb, name);
    RootLayout layout = new RootLayout(name, host, folder);
    layout.checkArchitecture(opened.field("Architecture").orElse("none"));
    Files.createDirectories(folder);
    TarReader tar = opened.data();
    for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
      String path = merged(entry.path());
      if (entry.type() != TarEntry.Type.DIRECTORY && isKept(path)) {
        layout.extract(tar, entry, path);
      }
    }
  }

  private void checkArchitecture(String found) {
    String expected = host.platform().debianArchitecture();
    if (!found.equals(expected) && !found.equals("all")) {
      throw Failure.of(
              CompileCode.BUILD_ROOT_PACKAGE, "unpack", name, "it is for the architecture " + found)
          .expecting(expected)
          .toException();
    }
  }

  private static String merged(String path) {
    return MERGED.matcher(path).matches() ? "usr/" + path : path;
  }

  private static boolean isKept(String path) {
    var program = PROGRAM.matcher(path);
    if (program.matches()) {
      return RootPrograms.isProgram(program.group(1));
    }
    var llvm = LLVM_PROGRAM.matcher(path);
    if (llvm.matches()) {
      return RootPrograms.isLlvmProgram(llvm.group(1));
    }
    return KEPT.matcher(path).matches() && !path.endsWith(MANUAL);
  }

  private void extract(TarReader tar, TarEntry entry, String path) throws IOException {
    Path target = folder.resolve(path);
    // Only folders that were made here are above it: no link is kept that has something below it.
    for (Path above = target.getParent();
        above != null && above.startsWith(folder);
        above = above.getParent()) {
      if (Files.exists(above, LinkOption.NOFOLLOW_LINKS)
          && !Files.isDirectory(above, LinkOption.NOFOLLOW_LINKS)) {
        throw refused(path + " lies below something that is not a folder");
      }
    }
    Files.createDirectories(Optional.ofNullable(target.getParent()).orElse(folder));
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw refused("it contains " + path + " twice");
    }
    switch (entry.type()) {
      case FILE -> {
        if ((entry.mode() & SET_ID) != 0) {
          throw refused(path + " has the mode " + Integer.toOctalString(entry.mode()));
        }
        Files.copy(tar.content(), target);
        setMode(target, (entry.mode() & EXECUTE) != 0 ? EXECUTABLE : FILE);
      }
      case SYMLINK -> Files.createSymbolicLink(target, relative(path, entry.link()));
      case HARDLINK -> {
        Path source = folder.resolve(merged(entry.link()));
        if (!Files.isRegularFile(source, LinkOption.NOFOLLOW_LINKS)) {
          throw refused(path + " is a link to " + entry.link() + ", which is not kept before it");
        }
        Files.copy(source, target);
      }
      default -> throw refused(path + " is a device or a pipe");
    }
  }

  /** Returns what a link leads to, relative to where it is. */
  private Path relative(String path, String link) {
    Path place = Path.of("/").resolve(EntryPath.parent(path));
    Path end = Path.of("/").resolve(merged(plain(place, link)));
    if (end.getNameCount() == 0) {
      throw refused(path + " is a link out of the root, to " + link);
    }
    return place.relativize(end);
  }

  /** Returns the path below the root that a link leads to, without a leading slash. */
  private String plain(Path place, String link) {
    int depth = link.startsWith("/") ? 0 : place.getNameCount();
    for (String part : link.split("/", -1)) {
      if (part.equals("..")) {
        depth--;
      } else if (!part.isEmpty() && !part.equals(".")) {
        depth++;
      }
      if (depth < 0) {
        throw refused("a link in " + place + " leads out of the root, to " + link);
      }
    }
    return place.resolve(link).normalize().toString().substring(1);
  }

  /**
   * Moves what was extracted of one package to the others.
   *
   * @param from what was extracted, which is gone then
   * @param to the root
   * @throws FailureException if both have a file that is not the same
   * @throws IOException if a folder cannot be read or written
   */
  static void merge(Path from, Path to, String name) throws IOException {
    Files.createDirectories(to);
    for (Path file : Folders.list(from)) {
      Path target = to.resolve(file.getFileName());
      if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)
          && Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
        merge(file, target, name);
      } else if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        Files.move(file, target);
      } else if (!content(file).equals(content(target))) {
        throw refused(name, "another package has " + file.getFileName() + " with another content");
      }
    }
  }

  private static String content(Path file) throws IOException {
    if (Files.isSymbolicLink(file)) {
      return "link " + Files.readSymbolicLink(file);
    }
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        ? Digest.of(file).toString()
        : "folder";
  }

  /**
   * Adds what is in no package: the settings of the compiler, and the shell's usual name.
   *
   * @throws FailureException if the root has no shell
   */
  static void complete(Path root) throws IOException {
    for (String program : List.of(RootPrograms.BUSYBOX, RootPrograms.SHELL)) {
      if (!Files.exists(root.resolve(program))) {
        throw refused("the build root", "no package has " + program);
      }
    }
    Files.createSymbolicLink(root.resolve("usr/bin/sh"), Path.of("dash"));
    Optional<Path> llvm = BuildRoot.llvm(root);
    if (llvm.isPresent()) {
      List<Path> versions = Folders.list(llvm.get().resolve("lib/clang"));
      if (versions.isEmpty()) {
        throw refused("the build root", "it has a compiler, but not the compiler's headers");
      }
      Path settings = root.resolve(BuildRoot.SETTINGS);
      Files.createDirectories(Optional.ofNullable(settings.getParent()).orElse(root));
      String version = llvm.get().getFileName() + "/lib/clang/" + versions.get(0).getFileName();
      Files.writeString(settings, SETTINGS.replace("%s", version));
      setMode(settings, FILE);
    }
    try (var all = Files.walk(root)) {
      for (Path folder : all.filter(Files::isDirectory).toList()) {
        if (!Files.isSymbolicLink(folder)) {
          setMode(folder, EXECUTABLE);
        }
      }
    }
  }

  private static void setMode(Path file, String permissions) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  private FailureException refused(String found) {
    return refused(name, found);
  }

  private static FailureException refused(String name, String found) {
    return Failure.of(CompileCode.BUILD_ROOT_PACKAGE, "unpack", name, found).toException();
  }
}
