package io.github.prosodyoci.rootfs.inspect;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.core.archive.EntryPath;
import io.github.prosodyoci.packages.apk.Checksums;
import io.github.prosodyoci.rootfs.RootfsCode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What apk 2 and 3 record of the packages they installed, the text {@code lib/apk/db/installed}:
 * the fields of an index, and a line for each folder and file.
 *
 * @param packages the packages in their order
 */
public record InstalledDatabase(List<Entry> packages) {

  private static final int USUAL_FOLDER = 0755;
  private static final int USUAL_FILE = 0644;

  /**
   * A package.
   *
   * @param fields its lines in front of its folders, by their letter
   * @param folders its folders, by their paths
   * @param files its files and links, by their paths
   * @param lines the record as it was read
   */
  public record Entry(
      Map<Character, String> fields,
      Map<String, Facts> folders,
      Map<String, Facts> files,
      List<String> lines) {

    Entry() {
      this(new TreeMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>(), new ArrayList<>());
    }

    /** Returns the value of a line; empty if there is none. */
    public String field(char letter) {
      return fields.getOrDefault(letter, "");
    }

    /** Returns the record as it was read, but without some files. */
    public String without(Set<String> removed) {
      StringBuilder text = new StringBuilder();
      String folder = "";
      boolean skipped = false;
      for (String line : lines) {
        char letter = line.charAt(0);
        String value = line.substring(2);
        if (letter == 'F') {
          folder = value;
          skipped = false;
        } else if (letter == 'R') {
          skipped = removed.contains(folder.isEmpty() ? value : folder + "/" + value);
        }
        if (!skipped) {
          text.append(line).append('\n');
        }
      }
      return text.append('\n').toString();
    }
  }

  /**
   * What is recorded of a file or folder.
   *
   * @param checksum of its content or link target, {@code Q1…}; empty if none is recorded
   */
  public record Facts(int uid, int gid, int mode, Optional<String> checksum) {}

  /** Copies the list. */
  public InstalledDatabase {
    packages = List.copyOf(packages);
  }

  /**
   * Reads a database.
   *
   * @param where names it in messages
   * @throws FailureException if it is none ({@code database})
   */
  public static InstalledDatabase parse(byte[] utf8, String where) {
    Parser parser = new Parser(where);
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw Failure.of(RootfsCode.DATABASE, "read", where, "it is not UTF-8").toException(e);
    }
    for (int at = 0; at < text.length(); ) {
      int end = text.indexOf('\n', at);
      end = end < 0 ? text.length() : end;
      parser.line(text.substring(at, end));
      at = end + 1;
    }
    parser.finish();
    return new InstalledDatabase(parser.entries);
  }

  private static final class Parser {
    private final String where;
    private final List<Entry> entries = new ArrayList<>();
    private Entry entry = new Entry();
    private Optional<String> folder = Optional.empty();
    private Optional<String> file = Optional.empty();
    private int number;

    Parser(String where) {
      this.where = where;
    }

    void line(String line) {
      number++;
      if (line.isEmpty()) {
        finish();
        return;
      }
      if (line.length() < 2 || line.charAt(1) != ':') {
        throw bad("is not of the form <letter>:<value>");
      }
      entry.lines.add(line);
      String value = line.substring(2);
      char letter = line.charAt(0);
      switch (letter) {
        case 'F' -> {
          folder = Optional.of(value);
          file = Optional.empty();
          checked(value, value.isEmpty());
          entry.folders.put(value, new Facts(0, 0, USUAL_FOLDER, Optional.empty()));
        }
        case 'R' -> {
          String parent = folder.orElseThrow(() -> bad("names a file before a folder"));
          String path = parent.isEmpty() ? value : parent + "/" + value;
          checked(path, false);
          file = Optional.of(path);
          entry.files.put(path, new Facts(0, 0, USUAL_FILE, Optional.empty()));
        }
        case 'M' ->
            folder.ifPresent(path -> entry.folders.put(path, facts(value, Optional.empty())));
        case 'a' ->
            file.ifPresent(
                path ->
                    entry.files.computeIfPresent(
                        path, (key, before) -> facts(value, before.checksum())));
        case 'Z' ->
            file.ifPresent(
                path ->
                    entry.files.computeIfPresent(
                        path,
                        (key, before) ->
                            new Facts(before.uid(), before.gid(), before.mode(), checksum(value))));
        default -> entry.fields.put(letter, value);
      }
    }

    private Optional<String> checksum(String value) {
      try {
        if (value.startsWith("Q1")) {
          return Optional.of(Checksums.canonical(value));
        }
      } catch (IllegalArgumentException e) {
        throw bad("holds no checksum").failure().toException(e);
      }
      // Of other kinds, such as SHA-256 of apk 3, nothing is said.
      return Optional.empty();
    }

    private Facts facts(String value, Optional<String> checksum) {
      String[] parts = value.split(":", -1);
      try {
        if (parts.length >= 3) {
          int mode = Integer.parseInt(parts[2], 8);
          int uid = Integer.parseInt(parts[0]);
          int gid = Integer.parseInt(parts[1]);
          if (mode >= 0 && mode <= 07777 && uid >= 0 && gid >= 0) {
            return new Facts(uid, gid, mode, checksum);
          }
        }
      } catch (NumberFormatException e) {
        throw bad("is not owner, group and mode").failure().toException(e);
      }
      throw bad("is not owner, group and mode");
    }

    private void checked(String path, boolean root) {
      if (!root) {
        EntryPath.check(path, where + ", line " + number);
      }
    }

    void finish() {
      if (!entry.fields.isEmpty()) {
        if (entry.field('P').isEmpty() || entry.field('V').isEmpty()) {
          throw bad("ends a package without name or version");
        }
        entries.add(entry);
      }
      entry = new Entry();
      folder = Optional.empty();
      file = Optional.empty();
    }

    private FailureException bad(String found) {
      return Failure.of(
              RootfsCode.DATABASE, "read", where, "line " + number + " " + Reasons.printable(found))
          .toException();
    }
  }
}
