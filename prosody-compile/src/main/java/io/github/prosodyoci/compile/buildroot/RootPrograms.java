package io.github.prosodyoci.compile.buildroot;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The programs that a step may use, and which file of the build root each is (docs/recipes.md).
 * There are no others, whatever the packages hold.
 */
final class RootPrograms {

  static final String BUSYBOX = "usr/bin/busybox";
  static final String SHELL = "usr/bin/dash";
  static final String MAKE = "usr/bin/make";
  static final String PERL = "usr/bin/perl";

  /** What BusyBox is: it takes the name that it is started by for the program to be. */
  static final List<String> APPLETS =
      words(
          "[ awk basename cat chmod cp cut date dd dirname echo env expand expr false fold"
              + " head id link ln ls mkdir mkfifo mktemp mv nl od paste printf pwd readlink"
              + " realpath rm rmdir sed seq sha256sum sleep sort stat sync tac tail tar tee test"
              + " touch tr true truncate uname unexpand uniq wc yes");

  /** What BusyBox lacks, or what configure scripts do not accept of it. */
  static final List<String> GNU =
      words("cksum comm grep install join pathchk pr printenv split sum tsort");

  /** The names under which a build calls the tools of LLVM, with the programs that they are. */
  static final SortedMap<String, String> LLVM =
      new TreeMap<>(
          Map.of(
              "ar", "llvm-ar",
              "ranlib", "llvm-ranlib",
              "nm", "llvm-nm",
              "strip", "llvm-strip",
              "objcopy", "llvm-objcopy",
              "readelf", "llvm-readelf",
              "ld", "ld.lld"));

  /** What these programs are links to, and the compiler. */
  private static final List<String> LLVM_FILES =
      List.of("clang", "lld", "llvm-objcopy", "llvm-readobj");

  private RootPrograms() {}

  private static List<String> words(String text) {
    return List.of(text.split(" ", -1));
  }

  /** Returns whether a file in {@code usr/bin} is needed. */
  static boolean isProgram(String name) {
    return List.of(BUSYBOX, SHELL, MAKE, PERL).contains("usr/bin/" + name) || GNU.contains(name);
  }

  /** Returns whether a file in the folder of LLVM's programs is needed. */
  static boolean isLlvmProgram(String name) {
    return LLVM_FILES.contains(name) || LLVM.containsValue(name);
  }
}
