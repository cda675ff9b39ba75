package io.github.prosodyoci.compile.toolchain;

import io.github.prosodyoci.compile.elf.ElfFile;
import io.github.prosodyoci.compile.elf.ElfReader;
import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.compile.run.Folders;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * The jar of LLVM that the JavaCPP presets publish. It has neither symbolic links nor sonames nor
 * permissions; they are added here. This class knows what the archive of a toolchain looks like,
 * and no other does.
 */
final class LlvmArchive {

  private static final Pattern ENTRY = Pattern.compile("org/bytedeco/llvm/[^/]+/(.+)");
  private static final Pattern HEADERS = Pattern.compile("lib/clang/(\\d+)/include/.+");
  private static final Pattern LIBRARY =
      Pattern.compile("(lib(?:LLVM|clang-cpp))(?:\\.so|\\.dylib)?([^/]*)");
  private static final List<String> PROGRAMS =
      List.of("clang", "lld", "llvm-ar", "llvm-nm", "llvm-objcopy", "llvm-readobj");
  private static final Map<String, String> LINKS =
      new TreeMap<>(
          Map.of(
              "ld.lld", "lld",
              "llvm-ranlib", "llvm-ar",
              "llvm-strip", "llvm-objcopy",
              "llvm-readelf", "llvm-readobj"));

  private static final String SETTINGS =
      """
      --rtlib=compiler-rt
      -unwindlib=none
      -fuse-ld=lld
      -idirafter <CFGDIR>/../lib/clang/%s/include
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

  /** All of this class that can change what is built; part of the toolchain's digest. */
  static final String DESCRIPTION = SETTINGS + PROGRAMS + LINKS;

  private static final String FILE = "rw-r--r--";
  private static final String PROGRAM = "rwxr-xr-x";

  private final Path archive;
  private final Path name;

  /**
   * Creates it for a jar.
   *
   * @param archive the file to read
   * @param name the path under which the user knows it
   */
  LlvmArchive(Path archive, Path name) {
    this.archive = archive;
    this.name = name;
  }

  /**
   * Extracts the toolchain.
   *
   * @param root the folder for it, which must not exist yet
   * @throws FailureException if this is not such a jar
   * @throws IOException if the folder cannot be written
   */
  void extract(Path root) throws IOException {
    String version = extractFiles(root);
    for (String program : PROGRAMS) {
      if (!Files.exists(root.resolve("bin").resolve(program))) {
        throw unusable("it contains no " + program);
      }
    }
    if (version.isEmpty()) {
      throw unusable("it contains no headers of clang");
    }
    nameLibraries(root);
    for (Map.Entry<String, String> link : LINKS.entrySet()) {
      Files.createSymbolicLink(
          root.resolve("bin").resolve(link.getKey()), Path.of(link.getValue()));
    }
    Path settings = Files.createDirectories(root.resolve("etc")).resolve("cc.cfg");
    Files.writeString(settings, String.format(Locale.ROOT, SETTINGS, version));
    Files.setPosixFilePermissions(settings, PosixFilePermissions.fromString(FILE));
    try (Stream<Path> all = Files.walk(root)) {
      for (Path folder : all.filter(Files::isDirectory).toList()) {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(PROGRAM));
      }
    }
  }

  /** Extracts the files that are needed; returns clang's version, empty without its headers. */
  private String extractFiles(Path root) throws IOException {
    String version = "";
    try (ZipFile zip = new ZipFile(archive.toFile())) {
      for (ZipEntry entry : zip.stream().filter(entry -> !entry.isDirectory()).toList()) {
        Matcher named = ENTRY.matcher(entry.getName());
        if (!named.matches()) {
          continue;
        }
        String path = named.group(1);
        if (List.of(path.split("/", -1)).contains("..")) {
          throw unusable("the entry " + entry.getName() + " leads out of it");
        }
        Matcher headers = HEADERS.matcher(path);
        if (headers.matches()) {
          version = headers.group(1);
          extract(zip, entry, root.resolve(path), FILE);
        } else if (PROGRAMS.contains(path)) {
          extract(zip, entry, root.resolve("bin").resolve(path), PROGRAM);
        } else if (LIBRARY.matcher(path).matches()) {
          extract(zip, entry, root.resolve("lib").resolve(path), PROGRAM);
        }
      }
    } catch (ZipException e) {
      throw unusable("it is not a jar file, or it is damaged");
    } catch (FileAlreadyExistsException e) {
      throw unusable("it contains " + root.relativize(Path.of(e.getFile())) + " twice");
    }
    return version;
  }

  private static void extract(ZipFile zip, ZipEntry entry, Path target, String permissions)
      throws IOException {
    Path parent = target.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    try (InputStream in = zip.getInputStream(entry)) {
      Files.copy(in, target);
    }
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString(permissions));
  }

  /** Gives each library the soname that the programs look for. */
  private static void nameLibraries(Path root) throws IOException {
    for (Path library : Folders.list(root.resolve("lib"))) {
      if (Files.isRegularFile(library, LinkOption.NOFOLLOW_LINKS)) {
        Optional<String> soname = ElfReader.read(library).flatMap(ElfFile::soname);
        if (soname.isPresent() && !soname.get().contains("/")) {
          Files.move(library, library.resolveSibling(soname.get()));
        }
      }
    }
  }

  private FailureException unusable(String found) {
    return Failure.of(CompileCode.TOOLCHAIN_ARCHIVE, "unpack", "the toolchain " + name, found)
        .expecting("the jar of LLVM that the JavaCPP presets publish")
        .toException();
  }
}
