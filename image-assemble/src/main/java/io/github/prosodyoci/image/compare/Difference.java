package io.github.prosodyoci.image.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Something in which two images differ.
 *
 * @param kind what differs
 * @param layer the layer, such as {@code layer 2}; {@code manifest} or {@code configuration}
 * @param packageName the package that the file is of, such as {@code musl-1.2.5-r1}; empty if it is
 *     of none
 * @param path the file, without a slash at the start, or the field of the document; empty if it is
 *     about the whole layer
 * @param first what the first image has; empty if nothing
 * @param second what the second image has; empty if nothing
 * @param inside where in the file it differs, a line each
 * @param cause what often leads to this, if that is known
 */
public record Difference(
    Kind kind,
    String layer,
    String packageName,
    String path,
    String first,
    String second,
    List<String> inside,
    @Nullable Cause cause) {

  /** What differs. */
  public enum Kind {
    /** A field of the manifest or of the configuration. */
    FIELD,
    /** One image has a layer that the other does not have. */
    LAYER,
    /** One image has a package that the other does not have. */
    PACKAGE,
    /** One image has a file that the other does not have. */
    FILE,
    /** A file is of another type, such as a symbolic link. */
    TYPE,
    /** The content of a file. */
    CONTENT,
    /** The permission bits. */
    MODE,
    /** The owner or group. */
    OWNER,
    /** The time of the last change. */
    TIME,
    /** The target of a link. */
    LINK,
    /** Extended attributes, such as capabilities. */
    ATTRIBUTES,
    /** The same files are in another order. */
    ORDER,
    /** The same entries are encoded to other bytes of tar. */
    ENCODING,
    /** The same tar file is compressed to other bytes. */
    COMPRESSION
  }

  /** What often leads to a difference. */
  public enum Cause {
    /** A clock. */
    TIME("the time of the build, instead of project.build.outputTimestamp"),
    /** A counter, a date or the like. */
    NUMBER("a time, a process number or another number that changes with each build"),
    /** A path. */
    PATH("the path of a folder in which one of them was built"),
    /** An account. */
    USER("the user or group that built, or the machine's list of accounts"),
    /** Permission bits. */
    UMASK("the umask or the file system of the machine"),
    /** An order. */
    ORDER("the order in which a folder lists its files, or threads finish"),
    /** Compression. */
    COMPRESSOR("another compressor, or another version of it"),
    /** Code. */
    TOOLCHAIN("another compiler or linker, or other input or options for it"),
    /** Packages. */
    PACKAGES("another list of packages, or other versions");

    private final String text;

    Cause(String text) {
      this.text = text;
    }

    /** Returns the cause as a phrase, without a full stop. */
    public String text() {
      return text;
    }
  }

  /** Copies the list. */
  public Difference {
    inside = List.copyOf(inside);
  }

  /** Returns where it is, and what differs, in one line. */
  public String line() {
    StringBuilder line = new StringBuilder(layer);
    if (!packageName.isEmpty()) {
      line.append(", ").append(packageName);
    }
    if (!path.isEmpty()) {
      line.append(", ").append(kind == Kind.FIELD ? path : "/" + path);
    }
    return line.append(": ")
        .append(kind.name().toLowerCase(Locale.ROOT))
        .append(" ")
        .append(first.isEmpty() ? "missing" : first)
        .append(" / ")
        .append(second.isEmpty() ? "missing" : second)
        .toString();
  }

  /** Returns {@link #line}, and indented below it where in the file it differs, and the cause. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>(List.of(line()));
    inside.forEach(each -> lines.add("    " + each));
    if (cause != null) {
      lines.add("    likely cause: " + cause.text());
    }
    return lines;
  }
}
