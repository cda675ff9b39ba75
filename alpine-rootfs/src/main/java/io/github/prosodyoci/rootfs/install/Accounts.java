package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.rootfs.RootfsCode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * The users and groups of the image, changed as BusyBox's {@code adduser} and {@code addgroup}
 * would (passwd(5), group(5), shadow(5)).
 */
final class Accounts {

  static final String PASSWD = "etc/passwd";
  static final String GROUP = "etc/group";
  static final String SHADOW = "etc/shadow";

  private static final int FIRST_SYSTEM = 100;
  private static final int LAST_SYSTEM = 999;
  private static final int FIRST_USER = 1000;
  private static final int LAST_USER = 60_000;

  private final Map<String, List<String>> files = new TreeMap<>();
  private final long today;

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
    return lines(path).stream()
        .map(line -> line.split(":", -1))
        .filter(fields -> fields.length > 2 && fields[0].equals(name))
        .filter(fields -> fields[2].matches("[0-9]{1,9}"))
        .mapToInt(fields -> Integer.parseInt(fields[2]))
        .findFirst();
  }

  /** Does what a command says; one that is there already stays as it is. */
  void apply(AccountCommand command) {
    if (command.kind() == AccountCommand.Kind.MEMBER) {
      addMember(command.name(), command.group());
    } else if (command.kind() == AccountCommand.Kind.GROUP) {
      if (group(command.name()).isEmpty()) {
        addGroup(command.name(), command.id(), command.system());
      }
    } else if (user(command.name()).isEmpty()) {
      addUser(command);
    }
  }

  private void addGroup(String name, OptionalInt id, boolean system) {
    int gid = id.isPresent() ? id.getAsInt() : free(name, system, GROUP);
    mutable(GROUP).add(name + ":x:" + gid + ":");
  }

  private void addUser(AccountCommand command) {
    String name = command.name();
    boolean ownGroup = command.group().isEmpty();
    int uid =
        command.id().isPresent()
            ? command.id().getAsInt()
            : ownGroup
                ? free(name, command.system(), PASSWD, GROUP)
                : free(name, command.system(), PASSWD);
    if (ownGroup && group(name).isEmpty()) {
      addGroup(name, OptionalInt.of(uid), command.system());
    }
    OptionalInt gid = group(ownGroup ? name : command.group());
    if (gid.isEmpty()) {
      throw Failure.of(
              RootfsCode.UNKNOWN_SCRIPT,
              "add",
              "the user " + name,
              "its group " + command.group() + " does not exist")
          .toException();
    }
    mutable(PASSWD)
        .add(
            String.join(
                ":",
                name,
                "x",
                "" + uid,
                "" + gid.getAsInt(),
                command.comment(),
                command.home().isEmpty() ? "/home/" + name : command.home(),
                command.shell().isEmpty() ? "/bin/sh" : command.shell()));
    if (files.containsKey(SHADOW)) {
      mutable(SHADOW).add(name + ":!:" + today + ":0:99999:7:::");
    }
  }

  private void addMember(String user, String group) {
    List<String> groups = mutable(GROUP);
    for (int i = 0; i < groups.size(); i++) {
      String line = groups.get(i);
      if (line.startsWith(group + ":")) {
        String members = line.substring(line.lastIndexOf(':') + 1);
        if (!List.of(members.split(",", -1)).contains(user)) {
          groups.set(i, line + (members.isEmpty() ? "" : ",") + user);
        }
        return;
      }
    }
    throw Failure.of(
            RootfsCode.UNKNOWN_SCRIPT,
            "add",
            "the user " + user + " to the group " + group,
            "there is no such group")
        .toException();
  }

  private int free(String name, boolean system, String... paths) {
    for (int id = system ? FIRST_SYSTEM : FIRST_USER;
        id <= (system ? LAST_SYSTEM : LAST_USER);
        id++) {
      boolean taken = false;
      for (String path : paths) {
        String number = Integer.toString(id);
        taken |=
            lines(path).stream()
                .map(line -> line.split(":", -1))
                .anyMatch(fields -> fields.length > 2 && fields[2].equals(number));
      }
      if (!taken) {
        return id;
      }
    }
    throw Failure.of(RootfsCode.UNKNOWN_SCRIPT, "add", name, "no number is free").toException();
  }

  private List<String> lines(String path) {
    return files.getOrDefault(path, List.of());
  }

  private List<String> mutable(String path) {
    return files.computeIfAbsent(path, any -> new ArrayList<>());
  }
}
