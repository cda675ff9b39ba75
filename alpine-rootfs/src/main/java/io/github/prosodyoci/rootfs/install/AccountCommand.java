package io.github.prosodyoci.rootfs.install;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One {@code addgroup} or {@code adduser} of an install script.
 *
 * @param kind what it does
 * @param name the group or user
 * @param id the number it asks for
 * @param system whether the number is to be one of the system's ({@code -S})
 * @param group a user's group, or the group that the user joins; empty if it is to have its own
 * @param home a user's home folder; empty for the usual one
 * @param shell a user's shell; empty for the usual one
 * @param comment a user's full name
 */
record AccountCommand(
    Kind kind,
    String name,
    OptionalInt id,
    boolean system,
    String group,
    String home,
    String shell,
    String comment) {

  /** What a command does. */
  enum Kind {
    /** Adds a group. */
    GROUP,
    /** Adds a user. */
    USER,
    /** Puts a user into a further group. */
    MEMBER
  }

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");
  private static final Pattern ASSIGNMENT =
      Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)=([A-Za-z0-9_./-]*|\"[A-Za-z0-9_./ -]*\")");
  private static final Pattern VARIABLE =
      Pattern.compile("\\$(?:\\{([A-Za-z_][A-Za-z0-9_]*)}|([A-Za-z_][A-Za-z0-9_]*))");
  private static final Pattern WORD =
      Pattern.compile("\"([^\"$`\\\\]*)\"|'([^']*)'|([A-Za-z0-9_./:,@%+=-]+)");
  private static final String QUIETLY = "( *(1?>|2>|&>) */dev/null| *2>&1)*( *\\|\\| *(true|:))?$";

  /**
   * Returns the commands of a script that does nothing but add groups and users, with plain
   * variables at most; empty if it does anything else.
   */
  static Optional<List<AccountCommand>> parse(String script) {
    List<AccountCommand> commands = new ArrayList<>();
    Map<String, String> variables = new LinkedHashMap<>();
    for (String raw : script.lines().toList()) {
      String line = raw.strip();
      if (line.isEmpty() || line.startsWith("#") || line.matches("exit( +0)?")) {
        continue;
      }
      Matcher assignment = ASSIGNMENT.matcher(line);
      if (assignment.matches()) {
        variables.put(assignment.group(1), assignment.group(2).replace("\"", ""));
        continue;
      }
      Optional<List<String>> words =
          expand(line.replaceFirst(QUIETLY, ""), variables).flatMap(AccountCommand::words);
      Optional<AccountCommand> command = words.flatMap(AccountCommand::of);
      if (command.isEmpty()) {
        return Optional.empty();
      }
      commands.add(command.get());
    }
    return Optional.of(commands);
  }

  private static Optional<String> expand(String line, Map<String, String> variables) {
    StringBuilder text = new StringBuilder();
    Matcher matcher = VARIABLE.matcher(line);
    while (matcher.find()) {
      String value = variables.get(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
      if (value == null) {
        return Optional.empty();
      }
      matcher.appendReplacement(text, Matcher.quoteReplacement(value));
    }
    return Optional.of(matcher.appendTail(text).toString());
  }

  private static Optional<List<String>> words(String line) {
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(line);
    int at = 0;
    while (at < line.length()) {
      if (!matcher.region(at, line.length()).lookingAt()) {
        return Optional.empty();
      }
      words.add(
          matcher.group(1) != null
              ? matcher.group(1)
              : matcher.group(2) != null ? matcher.group(2) : matcher.group(3));
      at = matcher.end();
      int next = at;
      while (next < line.length() && (line.charAt(next) == ' ' || line.charAt(next) == '\t')) {
        next++;
      }
      if (next == at && at < line.length()) {
        return Optional.empty();
      }
      at = next;
    }
    return Optional.of(words);
  }

  private static Optional<AccountCommand> of(List<String> words) {
    String program = words.isEmpty() ? "" : words.get(0);
    boolean user = program.equals("adduser");
    if (!user && !program.equals("addgroup")) {
      return Optional.empty();
    }
    Map<Character, String> options = new LinkedHashMap<>();
    List<String> names = new ArrayList<>();
    for (int i = 1; i < words.size(); i++) {
      String word = words.get(i);
      if (!word.startsWith("-")) {
        names.add(word);
        continue;
      }
      for (int c = 1; c < word.length(); c++) {
        char option = word.charAt(c);
        if ((user ? "SDH" : "S").indexOf(option) >= 0) {
          options.put(option, "");
        } else if ((user ? "hsGgu" : "g").indexOf(option) >= 0 && c == word.length() - 1) {
          i++;
          if (i == words.size()) {
            return Optional.empty();
          }
          options.put(option, words.get(i));
        } else {
          return Optional.empty();
        }
      }
    }
    String number = options.getOrDefault(user ? 'u' : 'g', "");
    boolean good =
        (names.size() == 1 || names.size() == 2)
            && (names.size() == 1 || options.isEmpty())
            && names.stream().allMatch(name -> NAME.matcher(name).matches())
            && number.matches("[0-9]{0,9}")
            && options.values().stream().noneMatch(value -> value.indexOf(':') >= 0);
    if (!good) {
      return Optional.empty();
    }
    return Optional.of(
        new AccountCommand(
            names.size() == 2 ? Kind.MEMBER : user ? Kind.USER : Kind.GROUP,
            names.get(0),
            number.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(number)),
            options.containsKey('S'),
            names.size() == 2 ? names.get(1) : user ? options.getOrDefault('G', "") : "",
            options.getOrDefault('h', ""),
            options.getOrDefault('s', options.containsKey('S') ? "/sbin/nologin" : ""),
            options.getOrDefault('g', user ? "Linux User,,," : "")));
  }

  /** Returns the command in a few words. */
  String description() {
    return switch (kind) {
      case GROUP -> "group " + name;
      case USER -> "user " + name;
      case MEMBER -> "user " + name + " in group " + group;
    };
  }
}
