package io.github.prosodyoci.rootfs.install;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * The users and groups of the image, changed as {@code adduser} and {@code addgroup} of BusyBox
 * 1.36 change them (passwd(5), group(5), shadow(5)).
 */
final class Accounts {

  static final String PASSWD = "etc/passwd";
  static final String GROUP = "etc/group";
  static final String SHADOW = "etc/shadow";

  private static final int FIRST_SYSTEM = 100;
  private static final int LAST_SYSTEM = 999;
  private static final int FIRST_USER = 1000;
  private static final int LAST_USER = 59_999;

  /** The group of system users that have none of their own. */
  private static final String NO_GROUP = "nogroup";

  private static final String USUAL_SHELL = "/bin/sh";
  private static final String NO_SHELL = "/sbin/nologin";
  private static final String USUAL_COMMENT = "Linux User,,,";

  private final Map<String, List<String>> files = new TreeMap<>();
  private final long today;

  /** Makes the home folders of users. */
  @FunctionalInterface
  interface Homes {
    /**
     * Gives a folder, made where there is none, to a user.
     *
     * @param path relative to the root
     */
    void give(String path, int uid, int gid);
  }

  /**
   * Creates empty accounts.
   *
   * @param now the day that new passwords seem to be set on
   */
  Accounts(Instant now) {
    today = now.getEpochSecond() / 86_400;
  }

  static boolean isAccountFile(String path) {
    return path.equals(PASSWD) || path.equals(GROUP) || path.equals(SHADOW);
  }

  /** Takes over a file that was laid down. */
  void load(String path, byte[] content) {
    files.put(
        path,
        new ArrayList<>(
            new String(content, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isEmpty())
                .toList()));
  }

  /** Returns each account file's content as it should be now. */
  Map<String, byte[]> contents() {
    Map<String, byte[]> contents = new TreeMap<>();
    files.forEach(
        (path, lines) ->
            contents.put(
                path,
                (String.join("\n", lines) + (lines.isEmpty() ? "" : "\n"))
                    .getBytes(StandardCharsets.UTF_8)));
    return contents;
  }

  /** Returns a user's number. */
  OptionalInt user(String name) {
    return number(PASSWD, name);
  }

  /** Returns a group's number. */
  OptionalInt group(String name) {
    return number(GROUP, name);
  }

  private OptionalInt number(String path, String name) {
    String start = name + ":";
    for (String line : lines(path)) {
      if (line.startsWith(start)) {
        return number(line);
      }
    }
    return OptionalInt.empty();
  }

  private boolean has(String path, String name) {
    return lines(path).stream().anyMatch(line -> line.startsWith(name + ":"));
  }

  /** Returns the number in a line's third field. */
  private static OptionalInt number(String line) {
    String[] fields = line.split(":", 4);
    return fields.length > 2
        ? AccountCommand.number(fields[2], Integer.MAX_VALUE)
        : OptionalInt.empty();
  }

  /**
   * Does what a command says.
   *
   * @return why the command fails, having changed nothing; empty if it does not
   */
  Optional<String> apply(AccountCommand command, Homes homes) {
    String file = command.kind() == AccountCommand.Kind.USER ? PASSWD : GROUP;
    if (!files.containsKey(file)) {
      return Optional.of("there is no /" + file);
    }
    return switch (command.kind()) {
      case GROUP -> addGroup(command);
      case USER -> addUser(command, homes);
      case MEMBER -> joinGroup(command.name(), command.group());
    };
  }

  private Optional<String> addGroup(AccountCommand command) {
    String name = command.name();
    if (has(GROUP, name)) {
      return Optional.of("the group " + name + " exists");
    }
    if (command.id().isPresent() && taken(GROUP).contains(command.id().getAsInt())) {
      return Optional.of("the group number " + command.id().getAsInt() + " is in use");
    }
    OptionalInt gid = command.id().isPresent() ? command.id() : free(command.system(), GROUP);
    if (gid.isEmpty()) {
      return Optional.of("no group number is free");
    }
    mutable(GROUP).add(name + ":x:" + gid.getAsInt() + ":");
    return Optional.empty();
  }

  private Optional<String> addUser(AccountCommand command, Homes homes) {
    String name = command.name();
    String group = command.group().isEmpty() && command.system() ? NO_GROUP : command.group();
    boolean ownGroup = group.isEmpty();
    if (has(PASSWD, name)) {
      return Optional.of("the user " + name + " exists");
    }
    if (ownGroup && has(GROUP, name)) {
      return Optional.of("the group " + name + " exists");
    }
    OptionalInt uid = command.id();
    if (uid.isEmpty()) {
      uid = ownGroup ? free(command.system(), PASSWD, GROUP) : free(command.system(), PASSWD);
    } else if (taken(PASSWD).contains(uid.getAsInt())
        || (ownGroup && taken(GROUP).contains(uid.getAsInt()))) {
      return Optional.of("the number " + uid.getAsInt() + " is in use");
    }
    if (uid.isEmpty()) {
      return Optional.of("no user number is free");
    }
    OptionalInt gid = ownGroup ? uid : group(group);
    if (gid.isEmpty()) {
      return Optional.of("the group " + group + " does not exist");
    }
    if (ownGroup) {
      mutable(GROUP).add(name + ":x:" + gid.getAsInt() + ":");
    } else {
      join(name, group);
    }
    String home = command.home().isEmpty() ? "/home/" + name : command.home();
    mutable(PASSWD)
        .add(
            String.join(
                ":",
                name,
                "x",
                "" + uid.getAsInt(),
                "" + gid.getAsInt(),
                command.comment().orElse(USUAL_COMMENT),
                home,
                command.shell().orElseGet(() -> command.system() ? NO_SHELL : rootShell())));
    if (files.containsKey(SHADOW)) {
      mutable(SHADOW).add(name + ":!:" + today + ":0:99999:7:::");
    }
    if (command.makesHome()) {
      String path = home.endsWith("/") ? home.substring(0, home.length() - 1) : home;
      homes.give(path.substring(1), uid.getAsInt(), gid.getAsInt());
    }
    return Optional.empty();
  }

  /** Returns the shell that people get: the one of who adds them. */
  private String rootShell() {
    for (String line : lines(PASSWD)) {
      String[] fields = line.split(":", -1);
      if (fields.length == 7 && fields[2].equals("0")) {
        return fields[6].isEmpty() ? USUAL_SHELL : fields[6];
      }
    }
    return USUAL_SHELL;
  }

  private Optional<String> joinGroup(String user, String group) {
    if (!has(PASSWD, user)) {
      return Optional.of("the user " + user + " does not exist");
    }
    return join(user, group)
        ? Optional.empty()
        : Optional.of("the group " + group + " does not exist");
  }

  private boolean join(String user, String group) {
    List<String> groups = mutable(GROUP);
    for (int i = 0; i < groups.size(); i++) {
      String line = groups.get(i);
      if (line.startsWith(group + ":")) {
        String members = line.substring(line.lastIndexOf(':') + 1);
        if (!List.of(members.split(",", -1)).contains(user)) {
          groups.set(i, line + (members.isEmpty() ? "" : ",") + user);
        }
        return true;
      }
    }
    return false;
  }

  private OptionalInt free(boolean system, String... paths) {
    Set<Integer> taken = taken(paths);
    int last = system ? LAST_SYSTEM : LAST_USER;
    for (int id = system ? FIRST_SYSTEM : FIRST_USER; id <= last; id++) {
      if (!taken.contains(id)) {
        return OptionalInt.of(id);
      }
    }
    return OptionalInt.empty();
  }

  private Set<Integer> taken(String... paths) {
    Set<Integer> taken = new HashSet<>();
    for (String path : paths) {
      lines(path).forEach(line -> number(line).ifPresent(taken::add));
    }
    return taken;
  }

  private List<String> lines(String path) {
    return files.getOrDefault(path, List.of());
  }

  private List<String> mutable(String path) {
    return files.computeIfAbsent(path, any -> new ArrayList<>());
  }
}
