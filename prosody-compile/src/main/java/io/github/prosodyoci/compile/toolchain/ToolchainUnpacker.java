package io.github.prosodyoci.compile.toolchain;

import io.github.prosodyoci.compile.CompileException;
import io.github.prosodyoci.compile.CompileListener;
import io.github.prosodyoci.compile.cache.FolderLock;
import io.github.prosodyoci.compile.run.Folders;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
  private final CompilerCheck check;
  private final CompileListener listener;

  /**
   * Creates an unpacker.
   *
   * @param cache the folder that toolchains are kept below
   * @param check tells whether one runs here
   * @param listener is told of what a user should know
   */
  public ToolchainUnpacker(Path cache, CompilerCheck check, CompileListener listener) {
    this.cache = cache;
    this.check = check;
    this.listener = listener;
  }

  /** Returns the digest of a toolchain: of its archive, and of how it is set up. */
  public static Digest digest(Digest archive) {
    return Digest.of(
        (archive + "\n" + SETTINGS + PROGRAMS + LINKS + CompilerFolder.DESCRIPTION)
            .getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns the toolchain of an archive, which is unpacked if that was not done before, or if the
   * folder no longer holds what was unpacked.
   *
   * @param archive the jar
   * @param archiveDigest its digest
   * @param listTrusted whether no step could write to the list of what was unpacked; otherwise the
   *     archive is unpacked again to compare
   * @throws CompileException if the jar is not LLVM or not the one with this digest, or its
   *     programs do not run here
   * @throws IOException if the folder cannot be written
   * @throws InterruptedException if this thread is interrupted
   */
  public Toolchain unpack(Path archive, Digest archiveDigest, boolean listTrusted)
      throws IOException, InterruptedException {
    Digest digest = digest(archiveDigest);
    Path folder = cache.resolve(digest.hex().substring(0, 16));
    Path list = folder.resolveSibling(folder.getFileName() + ".json");
    FolderLock lock =
        FolderLock.take(folder, () -> listener.info("Waiting for another build's compiler"));
    Path temporary = Files.createTempDirectory(cache, ".unpack");
    try {
      if (listTrusted && Files.isDirectory(folder)) {
        Optional<ToolchainFiles> files = ToolchainFiles.read(list);
        if (files.isPresent() && intact(folder, files.get())) {
          return new Toolchain(folder, digest, files.get());
        }
      }
      Path fresh = temporary.resolve("toolchain");
      fill(copy(archive, archiveDigest, temporary), fresh);
      ToolchainFiles files = ToolchainFiles.of(fresh);
      if (!Files.isDirectory(folder) || !intact(folder, files)) {
        check.check(fresh, temporary);
        // Nobody sees half of it, and who uses the old one keeps it until the end.
        if (Files.exists(folder)) {
          Files.move(folder, temporary.resolve("old"));
        }
        Files.move(fresh, folder);
      }
      files = ToolchainFiles.of(folder);
      Path written = temporary.resolve("list");
      Json.write(written, files);
      Files.move(written, list, StandardCopyOption.REPLACE_EXISTING);
      return new Toolchain(folder, digest, files);
    } finally {
      lock.close();
      Folders.delete(temporary);
    }
  }

  private boolean intact(Path folder, ToolchainFiles files) throws IOException {
    Optional<String> changed = files.difference(folder, false);
    changed.ifPresent(
        path ->
            listener.warn(
                "The compiler was changed since it was unpacked ("
                    + folder.resolve(path)
                    + "): it is unpacked again"));
    return changed.isEmpty();
  }

  /** Takes a copy of the archive, which nobody else has, and makes sure of its digest. */
  private static Path copy(Path archive, Digest expected, Path folder) throws IOException {
    Path copy = folder.resolve("archive");
    Files.copy(archive, copy);
    Digest found = Digest.of(copy);
    if (!found.equals(expected)) {
      throw new CompileException(
          "Could not unpack the toolchain "
              + archive
              + ": it has the digest "
              + found
              + ", not "
              + expected
              + ". Delete it, and run the goal prosody-fetch:sources again.");
    }
    return copy;
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
    Path settings = root.resolve("etc/cc.cfg");
    Files.writeString(settings, String.format(Locale.ROOT, SETTINGS, version));
    Files.setPosixFilePermissions(settings, PosixFilePermissions.fromString("rw-r--r--"));
    try (Stream<Path> all = Files.walk(root)) {
      for (Path folder : all.filter(Files::isDirectory).toList()) {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
    }
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
}
