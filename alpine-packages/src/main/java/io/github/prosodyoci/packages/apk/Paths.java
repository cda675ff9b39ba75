package io.github.prosodyoci.packages.apk;

import io.github.prosodyoci.packages.PackagesException;
import io.github.prosodyoci.packages.PackagesException.Code;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;

/** Rules for paths inside a root file system, such as {@code usr/bin/lua5.4}. */
public final class Paths {

  /** Orders paths part by part, so that a folder stands right before what is in it. */
  public static final Comparator<String> ORDER =
      Comparator.comparing(path -> path.replace('/', '\0'));

  private static final int MAX_PATH = 4096;
  private static final int MAX_PART = 255;

  private Paths() {}

  /** Returns the folder that a path lies in; empty for the root. */
  public static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  /** Returns a path's last part. */
  public static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /**
   * Checks that a path is relative, in normal form and free of control characters.
   *
   * @param where what holds the path, for the message
   * @throws PackagesException if it is not ({@code tar-escape})
   */
  public static void check(String path, String where) {
    boolean good =
        !path.isEmpty()
            && path.chars().noneMatch(c -> c < ' ' || c == 0x7f)
            && path.getBytes(StandardCharsets.UTF_8).length <= MAX_PATH;
    for (String part : path.split("/", -1)) {
      good &=
          !part.isEmpty()
              && !part.equals(".")
              && !part.equals("..")
              && part.getBytes(StandardCharsets.UTF_8).length <= MAX_PART;
    }
    if (!good) {
      throw new PackagesException(
          Code.TAR_ESCAPE,
          "Could not use "
              + where
              + ": the path '"
              + printable(path)
              + "' is not a plain relative path. Do not trust where the file came from.");
    }
  }

  /** Returns a text for a message: its control characters shown as {@code ?}, and not too long. */
  public static String printable(String text) {
    String shown = text.length() > 200 ? text.substring(0, 200) + "…" : text;
    return shown.replaceAll("\\p{Cntrl}", "?");
  }
}
