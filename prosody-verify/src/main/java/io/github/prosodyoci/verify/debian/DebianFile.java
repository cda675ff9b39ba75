package io.github.prosodyoci.verify.debian;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a file in Debian's pool, which contains a version (Debian policy, section 5.6.12;
 * dsc(5), deb(5)).
 *
 * @param kind what the file is
 * @param start the name of the source or binary package
 * @param version without epoch; of {@link Kind#ORIG} only the upstream part
 * @param end what follows the version, such as {@code .orig.tar.gz} or {@code _amd64.deb}
 */
public record DebianFile(Kind kind, String start, DebianVersion version, String end) {

  /** The kinds of file. */
  public enum Kind {
    /** An upstream release, or its signature. */
    ORIG("\\.orig(?:-[A-Za-z0-9-]+)?\\.tar\\.[a-z0-9]+(?:\\.asc)?"),
    /** Debian's packaging, with the queue of patches. */
    DEBIAN("\\.debian\\.tar\\.[a-z0-9]+"),
    /** The description of a source package. */
    DSC("\\.dsc"),
    /** A binary package. */
    DEB("_[a-z0-9]+\\.deb"),
    /** The source of a package that Debian itself develops. */
    NATIVE("\\.tar\\.[a-z0-9]+");

    private final Pattern form;

    Kind(String end) {
      this.form = Pattern.compile("([a-z0-9][a-z0-9.+-]*)_([A-Za-z0-9.+~-]+?)(" + end + ")");
    }
  }

  /** Reads a name; empty if it is not of one of these kinds. */
  public static Optional<DebianFile> parse(String name) {
    for (Kind kind : Kind.values()) {
      Matcher matcher = kind.form.matcher(name);
      if (matcher.matches()) {
        try {
          DebianVersion version =
              kind == Kind.ORIG
                  ? new DebianVersion(0, matcher.group(2), "")
                  : DebianVersion.parse(matcher.group(2));
          return Optional.of(new DebianFile(kind, matcher.group(1), version, matcher.group(3)));
        } catch (IllegalArgumentException e) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  /** Returns the name of the same file of another version of the package. */
  public String of(DebianVersion other) {
    return start + "_" + (kind == Kind.ORIG ? other.upstream() : other.withoutEpoch()) + end;
  }

  /** Returns whether another version of the package has a newer file in place of this one. */
  public boolean isOlderThan(DebianVersion other) {
    return kind == Kind.ORIG
        ? DebianVersion.compare(version.upstream(), other.upstream()) < 0
        : version.compareTo(other.withoutEpoch()) < 0;
  }
}
