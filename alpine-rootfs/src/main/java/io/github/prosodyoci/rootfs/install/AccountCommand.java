package io.github.prosodyoci.rootfs.install;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * One {@code addgroup} or {@code adduser} of an install script, as BusyBox 1.36 understands it.
 *
 * @param kind what it does
 * @param name the group or user
 * @param id the number it asks for
 * @param system whether the number is to be one of the system's ({@code -S})
 * @param group a user's group, or the group that the user joins; empty if it is to have its own
 * @param home a user's home folder; empty for the usual one
 * @param makesHome whether the home folder is made
 * @param shell a user's shell; empty for the usual one
 * @param comment a user's full name; empty for the usual one
 */
record AccountCommand(
    Kind kind,
    String name,
    OptionalInt id,
    boolean system,
    String group,
    String home,
    boolean makesHome,
    Optional<String> shell,
    Optional<String> comment) {

  /** What a command does. */
  enum Kind {
    /** Adds a group. */
    GROUP,
    /** Adds a user. */
    USER,
    /** Puts a user into a further group. */
    MEMBER
  }

  private static final int MAX_NAME = 32;

  /** The highest number that BusyBox gives away. */
  private static final int MAX_ID = 256_000;

  private static final char NONE = 0;

  /** Returns what a program and its arguments do; empty if that is not known in full. */
  static Optional<AccountCommand> of(List<String> words) {
    return switch (words.get(0)) {
      case "adduser" -> user(words.subList(1, words.size()));
      case "addgroup" -> group(words.subList(1, words.size()));
      default -> Optional.empty();
    };
  }

  private static Optional<AccountCommand> user(List<String> words) {
    Optional<Arguments> read =
        Arguments.read(words, Set.of('S', 'D', 'H'), Set.of('h', 's', 'G', 'g', 'u'));
    if (read.isEmpty()) {
      return Optional.empty();
    }
    Arguments arguments = read.get();
    String home = arguments.value('h').orElse("");
    boolean good =
        arguments.names.size() == 1
            && isName(arguments.names.get(0))
            // Without these it asks for a password.
            && (arguments.has('D') || arguments.has('S'))
            && arguments.hasNumber('u')
            && (!arguments.has('h') || isHome(home))
            && (!arguments.has('G') || isName(arguments.value('G').orElse("")));
    if (!good) {
      return Optional.empty();
    }
    return Optional.of(
        new AccountCommand(
            Kind.USER,
            arguments.names.get(0),
            arguments.number('u'),
            arguments.has('S'),
            arguments.value('G').orElse(""),
            home,
            !arguments.has('H'),
            arguments.value('s'),
            arguments.value('g')));
  }

  private static Optional<AccountCommand> group(List<String> words) {
    Optional<Arguments> read = Arguments.read(words, Set.of('S'), Set.of('g'));
    if (read.isEmpty()) {
      return Optional.empty();
    }
    Arguments arguments = read.get();
    List<String> names = arguments.names;
    boolean joins = names.size() == 2;
    if (names.isEmpty()
        || names.size() > 2
        || !names.stream().allMatch(AccountCommand::isName)
        || !arguments.hasNumber('g')
        || (joins && arguments.has('g'))) {
      return Optional.empty();
    }
    return Optional.of(
        new AccountCommand(
            joins ? Kind.MEMBER : Kind.GROUP,
            names.get(0),
            arguments.number('g'),
            arguments.has('S'),
            joins ? names.get(1) : "",
            "",
            false,
            Optional.empty(),
            Optional.empty()));
  }

  private static boolean isName(String text) {
    boolean letters = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      letters |= letter;
      if (!letter && !(c >= '0' && c <= '9') && (i == 0 || (c != '.' && c != '-'))) {
        return false;
      }
    }
    return letters && text.length() <= MAX_NAME;
  }

  /** Returns whether a text is the plain absolute path of something below the root. */
  private static boolean isHome(String text) {
    if (!text.startsWith("/") || text.length() == 1) {
      return false;
    }
    String path = text.endsWith("/") ? text.substring(1, text.length() - 1) : text.substring(1);
    for (String part : path.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        return false;
      }
    }
    return true;
  }

  /** Returns a decimal number of at most {@code limit}; empty if the text is no such number. */
  static OptionalInt number(String text, int limit) {
    boolean digits =
        !text.isEmpty() && text.length() <= 9 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!digits || Integer.parseInt(text) > limit) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(Integer.parseInt(text));
  }

  /** Returns the command in a few words. */
  String description() {
    return switch (kind) {
      case GROUP -> "group " + name;
      case USER -> "user " + name;
      case MEMBER -> "user " + name + " in group " + group;
    };
  }

  /** What follows a program: options, in any place, and names (getopt(3)). */
  private record Arguments(Map<Character, String> options, List<String> names) {

    /** Returns empty if an option is unknown, repeated or lacks its value. */
    static Optional<Arguments> read(
        List<String> words, Set<Character> flags, Set<Character> values) {
      Map<Character, String> options = new HashMap<>();
      List<String> names = new ArrayList<>();
      char open = NONE;
      for (String word : words) {
        boolean good = word.chars().allMatch(c -> c >= ' ' && c != ':' && c != 0x7f);
        if (open != NONE) {
          good &= options.put(open, word) == null;
          open = NONE;
        } else if (!word.startsWith("-")) {
          names.add(word);
        } else {
          int at = 1;
          while (at < word.length() && flags.contains(word.charAt(at))) {
            good &= options.put(word.charAt(at), "") == null;
            at++;
          }
          if (at < word.length()) {
            char option = word.charAt(at);
            good &= values.contains(option);
            if (at + 1 == word.length()) {
              open = option;
            } else {
              good &= options.put(option, word.substring(at + 1)) == null;
            }
          } else {
            good &= word.length() > 1;
          }
        }
        if (!good) {
          return Optional.empty();
        }
      }
      return open == NONE ? Optional.of(new Arguments(options, names)) : Optional.empty();
    }

    boolean has(char option) {
      return options.containsKey(option);
    }

    Optional<String> value(char option) {
      return Optional.ofNullable(options.get(option));
    }

    OptionalInt number(char option) {
      return AccountCommand.number(options.getOrDefault(option, ""), MAX_ID);
    }

    /** Returns whether the option is missing, or has a number that BusyBox takes. */
    boolean hasNumber(char option) {
      return !has(option) || number(option).isPresent();
    }
  }
}
