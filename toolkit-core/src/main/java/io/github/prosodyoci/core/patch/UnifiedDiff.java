package io.github.prosodyoci.core.patch;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A patch in the unified format of {@code diff -u} and {@code git diff}. Lines keep their line
 * ends, so that a last line without one is told from one with.
 *
 * @param files the changed files, in the patch's order
 */
public record UnifiedDiff(List<FileDiff> files) {

  private static final Pattern HUNK =
      Pattern.compile(
          "@@ -(\\d{1,9})(?:,(\\d{1,9}))? \\+(\\d{1,9})(?:,(\\d{1,9}))? @@.*", Pattern.DOTALL);

  /** Copies the list. */
  public UnifiedDiff {
    files = List.copyOf(files);
  }

  /**
   * The changes to one file.
   *
   * @param from the old path as written; absent for a new file
   * @param to the new path as written; absent for a deleted file
   * @param hunks the changes, from top to bottom
   */
  public record FileDiff(Optional<String> from, Optional<String> to, List<Hunk> hunks) {

    /** Copies the list. */
    public FileDiff {
      hunks = List.copyOf(hunks);
    }
  }

  /**
   * One change.
   *
   * @param line the line of the patch that the change starts at, from 1
   * @param oldStart the line of the old file that the change starts at, from 1
   * @param newStart the line of the new file that the change starts at, from 1
   * @param before the lines it replaces, context included
   * @param after the lines that take their place, context included
   */
  public record Hunk(
      int line, int oldStart, int newStart, List<String> before, List<String> after) {

    /** Copies the lists. */
    public Hunk {
      before = List.copyOf(before);
      after = List.copyOf(after);
    }
  }

  /**
   * Returns the patch that a text holds; what stands before, between and after the files' changes
   * is passed over.
   *
   * @throws FailureException ({@code patch-format}) if it holds no change, or a change is damaged
   *     or binary; the message names the line
   */
  public static UnifiedDiff parse(String text) {
    return new Parser(lines(text)).parse();
  }

  /** Returns the patch that takes this one back. */
  public UnifiedDiff reversed() {
    List<FileDiff> reversed = new ArrayList<>();
    for (FileDiff file : files) {
      List<Hunk> hunks =
          file.hunks().stream()
              .map(h -> new Hunk(h.line(), h.newStart(), h.oldStart(), h.after(), h.before()))
              .toList();
      // from the last to the first: a file may be changed twice
      reversed.add(0, new FileDiff(file.to(), file.from(), hunks));
    }
    return new UnifiedDiff(reversed);
  }

  /** Returns the paths that may be read or written, without their first folder. */
  public Set<String> paths() {
    Set<String> paths = new TreeSet<>();
    for (FileDiff file : files) {
      Stream.of(file.from(), file.to())
          .flatMap(Optional::stream)
          .map(UnifiedDiff::stripped)
          .forEach(paths::add);
    }
    return paths;
  }

  /** Returns a path without its first folder, as {@code patch -p1} reads it. */
  static String stripped(String written) {
    int slash = written.indexOf('/');
    return slash < 0 ? written : written.substring(slash + 1);
  }

  /** Returns the lines of a text, each with its line end. */
  static List<String> lines(String text) {
    List<String> result = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start) + 1;
      end = end == 0 ? text.length() : end;
      result.add(text.substring(start, end));
      start = end;
    }
    return result;
  }

  private static final class Parser {
    private final List<String> lines;
    private int at;

    Parser(List<String> lines) {
      this.lines = lines;
    }

    private @Nullable String peek() {
      return at < lines.size() ? lines.get(at) : null;
    }

    UnifiedDiff parse() {
      List<FileDiff> files = new ArrayList<>();
      while (at < lines.size()) {
        String line = lines.get(at);
        if (line.startsWith("GIT binary patch")) {
          throw malformed("line " + (at + 1) + ": a binary change");
        }
        if (line.startsWith("--- ")
            && at + 2 < lines.size()
            && lines.get(at + 1).startsWith("+++ ")
            && lines.get(at + 2).startsWith("@@ -")) {
          at += 2;
          files.add(new FileDiff(path(line), path(lines.get(at - 1)), hunks()));
        } else {
          at++;
        }
      }
      if (files.isEmpty()) {
        throw malformed("it holds no change in the unified format");
      }
      return new UnifiedDiff(files);
    }

    private static FailureException malformed(String found) {
      return Failure.of(PatchCode.PATCH_FORMAT, "read", "the patch", found).toException();
    }

    private static Optional<String> path(String header) {
      String path = header.substring(4).split("[\t\r\n]", 2)[0].strip();
      return path.equals("/dev/null") ? Optional.empty() : Optional.of(path);
    }

    private List<Hunk> hunks() {
      List<Hunk> result = new ArrayList<>();
      for (String line = peek(); line != null && line.startsWith("@@ -"); line = peek()) {
        Matcher header = HUNK.matcher(line);
        if (!header.matches()) {
          throw malformed("line " + (at + 1) + ": not a hunk: " + line.strip());
        }
        at++;
        result.add(hunk(header));
      }
      return result;
    }

    private Hunk hunk(Matcher header) {
      int start = at;
      int oldLeft = count(header.group(2));
      int newLeft = count(header.group(4));
      List<String> before = new ArrayList<>();
      List<String> after = new ArrayList<>();
      while (oldLeft > 0 || newLeft > 0) {
        String line = peek();
        if (line == null) {
          throw malformed("line " + start + ": the hunk is cut short");
        }
        at++;
        // Mail programs and editors strip the blank from an empty context line.
        char sign = line.equals("\n") || line.equals("\r\n") ? ' ' : line.charAt(0);
        String content = line.equals("\n") || line.equals("\r\n") ? line : line.substring(1);
        if (sign == ' ' || sign == '-') {
          before.add(content);
          oldLeft--;
        }
        if (sign == ' ' || sign == '+') {
          after.add(content);
          newLeft--;
        }
        if (" -+".indexOf(sign) < 0 || oldLeft < 0 || newLeft < 0) {
          throw malformed("line " + at + ": not a line of a hunk");
        }
        String next = peek();
        if (next != null && next.startsWith("\\")) {
          at++;
          if (sign != '+') {
            chop(before);
          }
          if (sign != '-') {
            chop(after);
          }
        }
      }
      return new Hunk(
          start,
          Integer.parseInt(header.group(1)),
          Integer.parseInt(header.group(3)),
          before,
          after);
    }

    private static int count(@Nullable String text) {
      return text == null ? 1 : Integer.parseInt(text);
    }

    private static void chop(List<String> lines) {
      int last = lines.size() - 1;
      lines.set(last, lines.get(last).replaceFirst("\r?\n$", ""));
    }
  }
}
