package io.github.prosodyoci.compile.toolchain;

import io.github.prosodyoci.archive.Digest;
import io.github.prosodyoci.compile.CompileException;
import io.github.prosodyoci.compile.run.Folders;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
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
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Unpacks LLVM from the jar that the JavaCPP presets publish. The jar holds neither symbolic links
 * nor sonames nor permissions; they are made here.
 */
public final class ToolchainUnpacker {

  private static final Pattern ENTRY = Pattern.compile("org/bytedeco/llvm/[^/]+/(.+)");
  private static final Pattern HEADERS = Pattern.compile("lib/clang/(\\d+)/include/.+");
  private static final Pattern LIBRARY =
      Pattern.compile("(lib(?:LLVM|clang-cpp))(?:\\.so|\\.dylib)?(.*)");
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

  private final Path cache;

  /** Creates an unpacker that keeps toolchains below a folder. */
  public ToolchainUnpacker(Path cache) {
    this.cache = cache;
  }

  /** Returns the digest of a toolchain: of its archive, and of how it is set up. */
  public static Digest digest(Digest archive) {
    return Digest.of(
        (archive + "\n" + SETTINGS + PROGRAMS + LINKS + CompilerFolder.DESCRIPTION)
            .getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns the toolchain of an archive, which is unpacked if that was not done before.
   *
   * @param archive the jar
   * @param archiveDigest its digest
   * @throws CompileException if the jar is not LLVM, or its programs do not run here
   * @throws IOException if the folder cannot be written
   */
  public Toolchain unpack(Path archive, Digest archiveDigest) throws IOException {
    Digest digest = digest(archiveDigest);
    Path folder = cache.resolve(digest.hex().substring(0, 16));
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(cache);
      Path temporary = Files.createTempDirectory(cache, ".unpack");
      try {
        fill(archive, temporary);
        check(temporary);
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.move(temporary, folder);
      } catch (FileAlreadyExistsException | java.nio.file.DirectoryNotEmptyException e) {
        // Another build was faster; both are the same.
      } finally {
        Folders.delete(temporary);
      }
    }
    return new Toolchain(folder, digest);
  }

  private static void fill(Path archive, Path root) throws IOException {
    String version = "";
    try (ZipFile zip = new ZipFile(archive.toFile())) {
      for (ZipEntry entry : zip.stream().filter(entry -> !entry.isDirectory()).toList()) {
        Matcher named = ENTRY.matcher(entry.getName());
        if (!named.matches() || entry.getName().contains("..")) {
          continue;
        }
        String path = named.group(1);
        Matcher headers = HEADERS.matcher(path);
        if (headers.matches()) {
          version = headers.group(1);
          copy(zip, entry, root.resolve(path), "rw-r--r--");
        } else if (PROGRAMS.contains(path)) {
          copy(zip, entry, root.resolve("bin").resolve(path), "rwxr-xr-x");
        } else if (LIBRARY.matcher(path).matches() && !path.contains("/")) {
          copy(zip, entry, root.resolve("lib").resolve(path), "rwxr-xr-x");
        }
      }
    } catch (ZipException e) {
      throw notLlvm(archive, "it is no jar file", e);
    }
    for (String program : PROGRAMS) {
      if (!Files.exists(root.resolve("bin").resolve(program))) {
        throw notLlvm(archive, "it holds no " + program, null);
      }
    }
    if (version.isEmpty()) {
      throw notLlvm(archive, "it holds no headers of clang", null);
    }
    nameLibraries(root);
    for (Map.Entry<String, String> link : LINKS.entrySet()) {
      Files.createSymbolicLink(
          root.resolve("bin").resolve(link.getKey()), Path.of(link.getValue()));
    }
    Files.createDirectories(root.resolve("etc"));
    Files.writeString(root.resolve("etc/cc.cfg"), String.format(Locale.ROOT, SETTINGS, version));
  }

  private static void copy(ZipFile zip, ZipEntry entry, Path target, String permissions)
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
        Optional<String> soname =
            io.github.prosodyoci.compile.elf.ElfReader.read(library).flatMap(elf -> elf.soname());
        if (soname.isPresent() && !soname.get().contains("/")) {
          Files.move(library, library.resolveSibling(soname.get()));
        }
      }
    }
  }

  private static CompileException notLlvm(
      Path archive, String reason, @org.jspecify.annotations.Nullable Exception cause) {
    return new CompileException(
        "Could not unpack the toolchain "
            + archive
            + ": "
            + reason
            + ". Correct its coordinates in toolchain.yaml.",
        cause);
  }

  /** Runs compiler and linker once, since they need a few libraries of the machine. */
  private static void check(Path root) throws IOException {
    for (String program : List.of("clang", "ld.lld", "llvm-objcopy", "llvm-readelf")) {
      Path log = root.resolve("check.log");
      ProcessBuilder builder =
          new ProcessBuilder(root.resolve("bin").resolve(program).toString(), "--version");
      builder.environment().clear();
      builder.redirectErrorStream(true).redirectOutput(log.toFile());
      int code = -1;
      try {
        Process process = builder.start();
        process.getOutputStream().close();
        code = process.waitFor(60, TimeUnit.SECONDS) ? process.exitValue() : -1;
        process.destroyForcibly();
      } catch (IOException e) {
        Files.writeString(log, String.valueOf(e.getMessage()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      String output = Files.readString(log, StandardCharsets.ISO_8859_1).strip();
      Files.delete(log);
      if (code != 0) {
        throw new CompileException(
            "Could not use the compiler: "
                + program
                + " does not start on this machine: "
                + output
                + ". Install what it names (Debian, Ubuntu: apt-get install libstdc++6 zlib1g).");
      }
    }
  }
}
