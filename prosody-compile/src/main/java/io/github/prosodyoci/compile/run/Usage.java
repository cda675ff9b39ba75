package io.github.prosodyoci.compile.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * What a program and all that it started use at this moment, according to {@code /proc} of Linux
 * (proc(5)); zero on other systems.
 *
 * @param processes the number of processes
 * @param memoryBytes their memory in bytes, without pages that are backed by files
 */
record Usage(int processes, long memoryBytes) {

  private static final Path PROC = Path.of("/proc");
  private static final String MEMORY = "RssAnon:";

  /** Returns whether this machine provides it. */
  static boolean known() {
    return Files.isDirectory(PROC.resolve("self"));
  }

  /**
   * Returns what a program uses.
   *
   * @param enough how many processes to count at most: with very many of them, counting takes long
   */
  static Usage of(long pid, int enough) {
    long[] memory = new long[1];
    int processes =
        visit(pid, enough, process -> memory[0] += memory(PROC.resolve(Long.toString(process))));
    return new Usage(processes, memory[0]);
  }

  /**
   * Visits a program and all that it started, parents before their children.
   *
   * @param enough how many to visit at most
   * @param visitor receives each process, after its children were determined
   * @return how many were visited
   */
  static int visit(long pid, int enough, LongConsumer visitor) {
    Set<Long> seen = new HashSet<>();
    Deque<Long> open = new ArrayDeque<>();
    open.add(pid);
    while (!open.isEmpty() && seen.size() < enough) {
      long next = open.removeFirst();
      if (seen.add(next)) {
        addChildren(PROC.resolve(Long.toString(next)).resolve("task"), open);
        visitor.accept(next);
      }
    }
    return seen.size();
  }

  private static void addChildren(Path tasks, Deque<Long> open) {
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        for (String child : read(thread.resolve("children")).split(" ", -1)) {
          if (!child.isBlank()) {
            open.add(Long.parseLong(child.strip()));
          }
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // The process has just ended.
    }
  }

  private static long memory(Path process) {
    try {
      for (String line : read(process.resolve("status")).split("\n", -1)) {
        if (line.startsWith(MEMORY)) {
          String kilobytes = line.substring(MEMORY.length()).replace("kB", "").strip();
          return Long.parseLong(kilobytes) << 10;
        }
      }
    } catch (IOException e) {
      // The process has just ended.
    }
    return 0;
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }
}
