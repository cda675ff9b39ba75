package io.github.prosodyoci.it;

import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Tools;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What binutils' readelf tells of an ELF file. */
record ElfFile(Path path, String header, String sections, String segments, String dynamic) {

  private static final byte[] MAGIC = {0x7f, 'E', 'L', 'F'};

  /** Returns the ELF files in a folder and below, in the order of their paths. */
  static List<ElfFile> in(Path folder) {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths.filter(ElfFile::isElf).sorted().map(ElfFile::of).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("Could not list " + folder, e);
    }
  }

  private static boolean isElf(Path path) {
    if (Files.isSymbolicLink(path) || !Files.isRegularFile(path)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(path)) {
      return Arrays.equals(in.readNBytes(4), MAGIC);
    } catch (IOException e) {
      throw new UncheckedIOException("Could not read " + path, e);
    }
  }

  private static ElfFile of(Path path) {
    return new ElfFile(
        path,
        readelf("--file-header", path),
        readelf("--section-headers", path),
        readelf("--program-headers", path),
        readelf("--dynamic", path));
  }

  private static String readelf(String what, Path path) {
    return Command.of(Tools.require("readelf"), "--wide", what, path.toString())
        .env("LC_ALL", "C")
        .output();
  }

  /** Returns whether it may be loaded at any address: a shared object, or a PIE program. */
  boolean isPositionIndependent() {
    return Pattern.compile("Type:\\s+DYN ").matcher(header).find();
  }

  /** Returns whether all relocations are done, and their tables closed, before it runs. */
  boolean hasFullRelro() {
    return Pattern.compile("(?m)^\\s+GNU_RELRO\\s").matcher(segments).find()
        && Pattern.compile("\\((FLAGS|FLAGS_1|BIND_NOW)\\).*\\b(BIND_NOW|NOW)\\b")
            .matcher(dynamic)
            .find();
  }

  /** Returns whether its stack is marked as data; without a mark, kernels let code run there. */
  boolean hasDataStack() {
    return Pattern.compile("(?m)^\\s+GNU_STACK\\s+(0x\\w+\\s+){5}RW\\s").matcher(segments).find();
  }

  /** Returns whether a segment can be both written to and executed. */
  boolean hasWritableCode() {
    return Pattern.compile("(?m)^\\s+LOAD\\s+(0x\\w+\\s+){5}RWE").matcher(segments).find();
  }

  /** Returns whether its code must be changed on loading. */
  boolean hasTextRelocations() {
    return dynamic.contains("TEXTREL");
  }

  /** Returns whether neither symbols for a linker nor debug information are left. */
  boolean isStripped() {
    return !Pattern.compile("\\s\\.(symtab|strtab|z?debug_\\w+)\\s").matcher(sections).find();
  }

  /** Returns the program interpreter. */
  Optional<String> interpreter() {
    return find("program interpreter: ([^\\]]+)]", segments).findFirst();
  }

  /** Returns the names of the libraries that it needs. */
  List<String> needed() {
    return find("\\(NEEDED\\).*\\[([^\\]]+)]", dynamic).toList();
  }

  /** Returns the folders that it wants libraries to be looked for in. */
  List<String> runPath() {
    return find("\\((?:RPATH|RUNPATH)\\).*\\[([^\\]]*)]", dynamic).toList();
  }

  private static Stream<String> find(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results().map((MatchResult r) -> r.group(1));
  }
}
