package io.github.prosodyoci.core.archive;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The header of one tar entry; every field is the caller's, none is taken from the machine.
 *
 * @param path the path, with {@code /} between its parts, neither at its start nor at its end
 * @param type what kind of entry it is
 * @param mode the permission bits, as in {@code 0755}
 * @param uid the owner's number
 * @param gid the group's number
 * @param size the content's size in bytes; 0 for all but files
 * @param mtime seconds since 1970-01-01T00:00:00Z
 * @param link the target of a symbolic or hard link; empty for others
 * @param userName the owner's name, or empty
 * @param groupName the group's name, or empty
 * @param paxHeaders further pax records; the value of an extended attribute ({@code
 *     SCHILY.xattr.user.x}), which may be any bytes, has a character of U+0000 to U+00FF for each
 */
public record TarEntry(
    String path,
    Type type,
    int mode,
    int uid,
    int gid,
    long size,
    long mtime,
    String link,
    String userName,
    String groupName,
    Map<String, String> paxHeaders) {

  /** What kind of entry it is. */
  public enum Type {
    /** A regular file. */
    FILE,
    /** A folder. */
    DIRECTORY,
    /** A symbolic link. */
    SYMLINK,
    /** A hard link to an entry before it. */
    HARDLINK,
    /** A character device; known when read, refused by {@link TarWriter}. */
    CHARACTER_DEVICE,
    /** A block device; known when read, refused by {@link TarWriter}. */
    BLOCK_DEVICE,
    /** A named pipe. */
    FIFO
  }

  /** How pax records name an extended attribute: before its own name. */
  public static final String ATTRIBUTE = "SCHILY.xattr.";

  private static final Pattern UNSAFE = Pattern.compile("(^|/)(|\\.|\\.\\.)(/|$)|\\x00");

  /**
   * Checks the fields and sorts the pax records.
   *
   * @throws IllegalArgumentException if the path is empty, absolute, ends with a slash or has an
   *     empty, {@code .} or {@code ..} part; if a number is negative; if anything but a file has
   *     content; if the link target is missing, or there where none belongs; or if an extended
   *     attribute holds other characters
   */
  public TarEntry {
    check(!UNSAFE.matcher(path).find(), path, "the path is not a plain relative one");
    check(mode >= 0 && mode <= 07777, path, "mode " + Integer.toOctalString(mode));
    check(uid >= 0 && gid >= 0, path, "owner " + uid + ":" + gid);
    check(mtime >= 0, path, "time " + mtime);
    check(size == 0 || (size > 0 && type == Type.FILE), path, type + " of size " + size);
    boolean linking = type == Type.SYMLINK || type == Type.HARDLINK;
    check(linking != link.isEmpty(), path, type + " with link target \"" + link + "\"");
    check(link.indexOf(0) < 0, path, "the link target holds a NUL");
    SortedMap<String, String> sorted = new TreeMap<>(paxHeaders);
    sorted
        .tailMap(ATTRIBUTE)
        .forEach(
            (key, value) ->
                check(
                    !key.startsWith(ATTRIBUTE) || value.chars().allMatch(c -> c <= 0xff),
                    path,
                    "the extended attribute " + key + " holds more than bytes"));
    paxHeaders = Collections.unmodifiableSortedMap(sorted);
  }

  private static void check(boolean right, String path, String problem) {
    if (!right) {
      throw new IllegalArgumentException(
          "Could not make a tar entry of " + path + ": " + problem + ". Correct the entry");
    }
  }

  /** Returns a folder owned by root. */
  public static TarEntry directory(String path, int mode, long mtime) {
    return new TarEntry(path, Type.DIRECTORY, mode, 0, 0, 0, mtime, "", "", "", Map.of());
  }

  /** Returns a file owned by root. */
  public static TarEntry file(String path, int mode, long size, long mtime) {
    return new TarEntry(path, Type.FILE, mode, 0, 0, size, mtime, "", "", "", Map.of());
  }

  /** Returns a symbolic link owned by root. */
  public static TarEntry symlink(String path, String target, long mtime) {
    return new TarEntry(path, Type.SYMLINK, 0777, 0, 0, 0, mtime, target, "", "", Map.of());
  }

  /** Returns this entry with another owner. */
  public TarEntry withOwner(int newUid, int newGid, String newUserName, String newGroupName) {
    Draft draft = new Draft(this);
    draft.uid = newUid;
    draft.gid = newGid;
    draft.userName = newUserName;
    draft.groupName = newGroupName;
    return draft.entry();
  }

  /** Returns this entry with other permission bits. */
  public TarEntry withMode(int newMode) {
    Draft draft = new Draft(this);
    draft.mode = newMode;
    return draft.entry();
  }

  /** Returns this entry at another path, and leading to another one. */
  public TarEntry withPath(String newPath, String newLink) {
    Draft draft = new Draft(this);
    draft.path = newPath;
    draft.link = newLink;
    return draft.entry();
  }

  /** Returns this entry with other pax records. */
  public TarEntry withPaxHeaders(Map<String, String> headers) {
    Draft draft = new Draft(this);
    draft.paxHeaders = headers;
    return draft.entry();
  }

  /** Returns this entry with another time, in seconds since 1970-01-01T00:00:00Z. */
  public TarEntry withMtime(long seconds) {
    Draft draft = new Draft(this);
    draft.mtime = seconds;
    return draft.entry();
  }

  /** An entry with some fields changed. */
  private static final class Draft {
    private final TarEntry from;
    private String path;
    private int mode;
    private int uid;
    private int gid;
    private long mtime;
    private String link;
    private String userName;
    private String groupName;
    private Map<String, String> paxHeaders;

    Draft(TarEntry from) {
      this.from = from;
      path = from.path;
      mode = from.mode;
      uid = from.uid;
      gid = from.gid;
      mtime = from.mtime;
      link = from.link;
      userName = from.userName;
      groupName = from.groupName;
      paxHeaders = from.paxHeaders;
    }

    TarEntry entry() {
      return new TarEntry(
          path, from.type, mode, uid, gid, from.size, mtime, link, userName, groupName, paxHeaders);
    }
  }
}
