package io.github.prosodyoci.rootfs.install;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Splits a script into simple commands of plain words (POSIX.1-2017, XCU 2.2, 2.3, 2.7, 2.9.1):
 * with comments, continued lines, quotes, plain variables that the script itself sets, output sent
 * to {@code /dev/null}, and {@code || true}. It reads each character once.
 */
final class ShellWords {

  /**
   * A simple command.
   *
   * @param words program and arguments; none if variables were set
   * @param mayFail whether {@code || true} follows
   */
  record Command(List<String> words, boolean mayFail) {}

  /** Variables that change what shell or programs do. */
  private static final Set<String> SPECIAL =
      Set.of(
          "CDPATH", "ENV", "HOME", "IFS", "LANG", "MAIL", "OPTARG", "OPTIND", "PATH", "PPID", "PWD",
          "SHELL");

  /** Who runs the script; options there, as in {@code sh -e}, would change what it does. */
  private static final Set<String> SHELLS =
      Set.of("#!/bin/sh", "#! /bin/sh", "#!/bin/ash", "#!/bin/busybox sh", "#!/bin/busybox ash");

  private static final String PLAIN = "_./:,@%+-";

  private final String text;
  private final Map<String, String> variables = new HashMap<>();
  private final List<Command> commands = new ArrayList<>();
  private List<String> words = new ArrayList<>();

  /** How many of the words are assignments, all of which are at the start. */
  private int assignments;

  /** Whether the command before {@code ||} waits for its {@code true}. */
  private boolean alternative;

  private boolean redirected;
  private int at;
  private boolean understood = true;

  private ShellWords(String text) {
    this.text = text;
  }

  /** Returns a script's commands; empty if it holds anything that is not known. */
  static Optional<List<Command>> commands(String script) {
    int end = script.indexOf('\n');
    if (!SHELLS.contains(script.substring(0, Math.max(end, 0)).stripTrailing())) {
      return Optional.empty();
    }
    ShellWords words = new ShellWords(script);
    while (words.understood && words.at < script.length()) {
      words.next();
    }
    words.endCommand(false);
    return words.understood ? Optional.of(words.commands) : Optional.empty();
  }

  private void next() {
    char c = text.charAt(at);
    if (c == ' ' || c == '\t') {
      at++;
    } else if (text.startsWith("\\\n", at)) {
      at += 2;
    } else if (c == '\n' || c == ';') {
      at++;
      understood &= c == '\n' || !words.isEmpty();
      endCommand(false);
    } else if (c == '#') {
      int end = text.indexOf('\n', at);
      at = end < 0 ? text.length() : end;
    } else if (text.startsWith("||", at)) {
      at += 2;
      understood &= !words.isEmpty() && !alternative;
      endCommand(true);
    } else if (!redirection()) {
      word();
    }
  }

  private void endCommand(boolean alternativeFollows) {
    if (alternative) {
      // A line may end after ||, and the other command stand on the next.
      if (words.isEmpty() && !redirected && at < text.length()) {
        return;
      }
      understood &= !redirected && (words.equals(List.of("true")) || words.equals(List.of(":")));
      alternative = false;
    } else if (words.isEmpty()) {
      understood &= !redirected;
    } else {
      // A variable that is set for one command alone would change what that command does.
      understood &= assignments == 0 || (assignments == words.size() && !redirected);
      commands.add(
          new Command(
              List.copyOf(words.subList(Math.min(assignments, words.size()), words.size())),
              alternativeFollows));
      alternative = alternativeFollows;
    }
    words = new ArrayList<>();
    assignments = 0;
    redirected = false;
  }

  /** Passes over {@code >/dev/null}, {@code 2>/dev/null}, {@code &>/dev/null}, {@code 2>&1}. */
  private boolean redirection() {
    int start = at;
    char first = text.charAt(start);
    if (first == '1' || first == '2' || first == '&') {
      start++;
    }
    if (start >= text.length() || text.charAt(start) != '>') {
      return false;
    }
    start++;
    if (first == '2' && text.startsWith("&1", start)) {
      start += 2;
    } else {
      while (start < text.length() && text.charAt(start) == ' ') {
        start++;
      }
      if (!text.startsWith("/dev/null", start)) {
        understood = false;
        return true;
      }
      start += "/dev/null".length();
    }
    understood &= start == text.length() || " \t\n;|".indexOf(text.charAt(start)) >= 0;
    redirected = true;
    at = start;
    return true;
  }

  private void word() {
    String name = assignedName();
    StringBuilder word = new StringBuilder();
    boolean quoted = false;
    int start = at;
    while (understood && at < text.length() && " \t\n;|".indexOf(text.charAt(at)) < 0) {
      char c = text.charAt(at);
      if (text.startsWith("\\\n", at)) {
        at += 2;
      } else if (c == '\'') {
        int end = text.indexOf('\'', at + 1);
        understood = end > 0;
        if (understood) {
          word.append(text, at + 1, end);
          at = end + 1;
        }
        quoted = true;
      } else if (c == '"') {
        doubleQuoted(word);
        quoted = true;
      } else if (c == '$') {
        variable(word, name.isEmpty());
      } else if (isPlain(c) || (c == '=' && at > start)) {
        word.append(c);
        at++;
      } else {
        understood = false;
      }
    }
    if (!name.isEmpty()) {
      variables.put(name, word.toString());
      assignments++;
    } else {
      // An unquoted empty word would not be there.
      understood &= quoted || !word.isEmpty();
    }
    words.add(word.toString());
  }

  /** Returns the variable that is set here, after passing over its name; empty if none is. */
  private String assignedName() {
    int end = nameEnd(at);
    if (assignments < words.size() || end == at || !text.startsWith("=", end)) {
      return "";
    }
    String name = text.substring(at, end);
    understood &= !SPECIAL.contains(name) && !name.startsWith("LC_") && !name.startsWith("LD_");
    at = end + 1;
    return name;
  }

  private void doubleQuoted(StringBuilder word) {
    at++;
    while (understood && at < text.length() && text.charAt(at) != '"') {
      char c = text.charAt(at);
      if (c == '$') {
        variable(word, false);
      } else if (c == '\\' || c == '`') {
        understood = false;
      } else {
        word.append(c);
        at++;
      }
    }
    understood &= at < text.length();
    at++;
  }

  private void variable(StringBuilder word, boolean splits) {
    boolean braces = text.startsWith("{", at + 1);
    int start = at + (braces ? 2 : 1);
    int end = nameEnd(start);
    String value = variables.get(text.substring(start, end));
    if (value == null || (braces && !text.startsWith("}", end))) {
      understood = false;
      return;
    }
    // Without quotes, the shell splits a value at spaces and takes it for a pattern.
    understood &= !splits || value.chars().allMatch(c -> isPlain((char) c) || c == '=');
    understood &= word.length() + value.length() <= text.length();
    word.append(value);
    at = braces ? end + 1 : end;
  }

  private int nameEnd(int start) {
    int end = start;
    while (end < text.length()
        && (text.charAt(end) == '_'
            || isLetter(text.charAt(end))
            || (end > start && isDigit(text.charAt(end))))) {
      end++;
    }
    return end;
  }

  private static boolean isPlain(char c) {
    return isLetter(c) || isDigit(c) || PLAIN.indexOf(c) >= 0;
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
