package io.github.prosodyoci.image.compare;

import io.github.prosodyoci.image.compare.Difference.Cause;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where in a file two versions of it differ: sections of an ELF file, members of an archive, lines
 * of a text, or else bytes.
 *
 * @param lines the first places, a line each
 * @param cause what often leads to this
 */
record ContentComparison(List<String> lines, Optional<Cause> cause) {

  /** Nothing is known. */
  static final ContentComparison NONE = new ContentComparison(List.of(), Optional.empty());

  private static final int MAX_LINES = 5;
  private static final int MAX_DEPTH = 4;
  private static final int SHOWN = 16;
  private static final int MAX_TEXT = 120;

  /** A path of at least two parts. */
  private static final Pattern PATH = Pattern.compile("/[\\w.+-]+(/[\\w.+-]+)+");

  /** Copies the list. */
  ContentComparison {
    lines = List.copyOf(lines);
  }

  /** Returns where two contents differ; nothing if they do not. */
  static ContentComparison of(byte[] first, byte[] second) {
    return of(first, second, 0);
  }

  private static ContentComparison of(byte[] first, byte[] second, int depth) {
    if (Arrays.equals(first, second)) {
      return NONE;
    }
    Optional<Map<String, byte[]>> sections = ElfSections.of(first);
    Optional<Map<String, byte[]>> others = ElfSections.of(second);
    if (sections.isPresent() && others.isPresent()) {
      return elf(sections.get(), others.get());
    }
    if (depth < MAX_DEPTH) {
      Optional<Members> members = Members.of(first);
      Optional<Members> otherMembers = Members.of(second);
      if (members.isPresent() && otherMembers.isPresent()) {
        return members(members.get(), otherMembers.get(), depth + 1);
      }
    }
    Optional<String> text = text(first);
    Optional<String> otherText = text(second);
    if (text.isPresent() && otherText.isPresent()) {
      return texts(text.get(), otherText.get());
    }
    return new ContentComparison(List.of(bytes(first, second)), cause(first, second));
  }

  private static ContentComparison elf(Map<String, byte[]> first, Map<String, byte[]> second) {
    List<String> lines = new ArrayList<>();
    Optional<Cause> cause = Optional.empty();
    Set<String> names = new TreeSet<>(first.keySet());
    names.addAll(second.keySet());
    for (String name : names) {
      byte[] one = first.get(name);
      byte[] other = second.get(name);
      if (one == null || other == null) {
        lines.add("section " + name + ": only in the " + (other == null ? "first" : "second"));
      } else if (!Arrays.equals(one, other)) {
        lines.add("section " + name + ": " + bytes(one, other));
        cause = cause.or(() -> cause(one, other));
      }
    }
    if (lines.isEmpty()) {
      lines.add("the sections are equal, but not their headers or the space between them");
    }
    return new ContentComparison(shortened(lines), cause.or(() -> Optional.of(Cause.TOOLCHAIN)));
  }

  private static ContentComparison members(Members first, Members second, int depth) {
    if (first.contents().equals(second.contents()) && first.isOne()) {
      return new ContentComparison(
          List.of(first.kind() + ": the same content, compressed to other bytes"),
          Optional.of(Cause.COMPRESSOR));
    }
    List<String> lines = new ArrayList<>();
    Optional<Cause> cause = Optional.empty();
    Set<String> names = new TreeSet<>(first.members().keySet());
    names.addAll(second.members().keySet());
    for (String name : names) {
      Members.Member one = first.members().get(name);
      Members.Member other = second.members().get(name);
      String member = first.kind() + (name.isEmpty() ? "" : " member " + name);
      if (one == null || other == null) {
        lines.add(member + ": only in the " + (other == null ? "first" : "second"));
        continue;
      }
      if (!one.facts().equals(other.facts())) {
        lines.add(member + ": " + one.facts() + " / " + other.facts());
        cause = cause.or(() -> Optional.of(Cause.TIME));
      }
      ContentComparison inside = of(one.content(), other.content(), depth);
      inside.lines().forEach(line -> lines.add(member + ": " + line));
      cause = cause.or(inside::cause);
    }
    if (lines.isEmpty()) {
      List<String> order = new ArrayList<>(first.members().keySet());
      boolean reordered = !order.equals(new ArrayList<>(second.members().keySet()));
      return new ContentComparison(
          List.of(
              first.kind()
                  + (reordered
                      ? ": the members are in another order"
                      : ": the members are equal, but not how they are encoded")),
          Optional.of(reordered ? Cause.ORDER : Cause.COMPRESSOR));
    }
    return new ContentComparison(shortened(lines), cause);
  }

  private static List<String> shortened(List<String> lines) {
    if (lines.size() <= MAX_LINES) {
      return lines;
    }
    List<String> some = new ArrayList<>(lines.subList(0, MAX_LINES));
    some.add("and " + (lines.size() - MAX_LINES) + " more");
    return some;
  }

  private static Optional<String> text(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.indexOf(0) < 0 ? Optional.of(text) : Optional.empty();
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static ContentComparison texts(String first, String second) {
    List<String> one = List.of(first.split("\n", -1));
    List<String> other = List.of(second.split("\n", -1));
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < Math.max(one.size(), other.size()); i++) {
      String a = i < one.size() ? one.get(i) : null;
      String b = i < other.size() ? other.get(i) : null;
      if (a == null || !a.equals(b)) {
        lines.add("line " + (i + 1) + ": " + quoted(a) + " / " + quoted(b));
        if (one.size() != other.size()) {
          lines.add(one.size() + " lines / " + other.size() + " lines");
          break;
        }
      }
    }
    Map<String, Long> counts = new LinkedHashMap<>();
    one.forEach(line -> counts.merge(line, 1L, Long::sum));
    other.forEach(line -> counts.merge(line, -1L, Long::sum));
    Optional<Cause> cause =
        counts.values().stream().allMatch(count -> count == 0)
            ? Optional.of(Cause.ORDER)
            : cause(first, second);
    return new ContentComparison(shortened(lines), cause);
  }

  private static String quoted(@Nullable String line) {
    if (line == null) {
      return "missing";
    }
    String start = line.length() > MAX_TEXT ? line.substring(0, MAX_TEXT) + "…" : line;
    // What a terminal would obey is shown as a dot.
    return "\"" + start.replaceAll("\\p{Cntrl}", ".") + "\"";
  }

  private static String bytes(byte[] first, byte[] second) {
    int at = Arrays.mismatch(first, second);
    String sizes =
        first.length == second.length ? "" : first.length + " / " + second.length + " bytes; ";
    return sizes + "at byte " + at + ": " + shown(first, at) + " / " + shown(second, at);
  }

  private static String shown(byte[] bytes, int at) {
    byte[] some = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + SHOWN));
    if (some.length == 0) {
      return "the end";
    }
    StringBuilder readable = new StringBuilder();
    for (byte each : some) {
      readable.append(each >= 0x20 && each < 0x7f ? (char) each : '.');
    }
    return HexFormat.ofDelimiter(" ").formatHex(some) + " (" + readable + ")";
  }

  private static Optional<Cause> cause(byte[] first, byte[] second) {
    return cause(
        new String(first, StandardCharsets.ISO_8859_1),
        new String(second, StandardCharsets.ISO_8859_1));
  }

  private static Optional<Cause> cause(String first, String second) {
    if (PATH.matcher(first).replaceAll("/").equals(PATH.matcher(second).replaceAll("/"))) {
      return Optional.of(Cause.PATH);
    }
    return first.replaceAll("[0-9]+", "0").equals(second.replaceAll("[0-9]+", "0"))
        ? Optional.of(Cause.NUMBER)
        : Optional.empty();
  }
}
