package io.github.prosodyoci.recipe;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A place to get a file from. Files are identified by digest, so which origin serves them does not
 * matter.
 */
public sealed interface Origin {

  /**
   * Returns the origin that a text names, in one of the forms of docs/recipes.md, "Origins".
   *
   * @param baseFolder what a {@code file:} path is relative to
   * @throws IllegalArgumentException if the text has none of those forms; the message says what is
   *     wrong
   */
  static Origin parse(String text, Path baseFolder) {
    int colon = text.indexOf(':');
    String scheme = colon < 0 ? "" : text.substring(0, colon);
    String rest = text.substring(colon + 1);
    return switch (scheme) {
      case "https", "http" -> Https.parse(text);
      case "debian" -> Debian.parse(rest);
      case "file" -> LocalFile.parse(rest, baseFolder);
      case "maven" -> Maven.parse(rest);
      default ->
          throw new IllegalArgumentException(
              "unknown origin '"
                  + text
                  + "'; known are https://…, debian:<source package>/<file>, file:<path> and"
                  + " maven:<group>:<artifact>:<version>[:<type>[:<classifier>]]");
    };
  }

  /** Returns whether a file from here always comes over the network. */
  default boolean isRemote() {
    return true;
  }

  /**
   * A web address.
   *
   * @param address with the scheme {@code https}; {@code http} only for this machine itself
   */
  record Https(URI address) implements Origin {
    /** The names of this machine itself. */
    public static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    /**
     * Checks the address.
     *
     * @throws IllegalArgumentException if it has no host, another scheme, or credentials in it
     */
    public Https {
      String host = address.getHost();
      if (host == null) {
        throw new IllegalArgumentException("the address has no host: " + address);
      }
      if (address.getRawUserInfo() != null) {
        throw new IllegalArgumentException("the address on " + host + " contains credentials");
      }
      String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
      if (!scheme.equals("https") && !(scheme.equals("http") && LOOPBACK.contains(host))) {
        throw new IllegalArgumentException("not an https:// address: " + address);
      }
    }

    private static Https parse(String text) {
      try {
        return new Https(new URI(text));
      } catch (URISyntaxException e) {
        throw new IllegalArgumentException("not an address: " + text + " (" + e.getReason() + ")");
      }
    }

    @Override
    public String toString() {
      return address.toString();
    }
  }

  /**
   * A file of a Debian source or binary package, in the pool of the archive's {@code main}.
   *
   * @param sourcePackage the name of the source package
   * @param file the name of the file
   */
  record Debian(String sourcePackage, String file) implements Origin {
    // Debian policy 5.6.1: lower case letters, digits, and + - .
    private static final Pattern PACKAGE = Pattern.compile("[a-z0-9][a-z0-9+.-]+");

    /**
     * Checks the names.
     *
     * @throws IllegalArgumentException if one is not a name of the archive
     */
    public Debian {
      if (!PACKAGE.matcher(sourcePackage).matches()) {
        throw new IllegalArgumentException("not the name of a Debian package: " + sourcePackage);
      }
      if (!Source.isPlainName(file)) {
        throw new IllegalArgumentException("not the name of a file in Debian's pool: " + file);
      }
    }

    private static Debian parse(String text) {
      int slash = text.indexOf('/');
      if (slash < 0) {
        throw new IllegalArgumentException(
            "not of the form debian:<source package>/<file>: debian:" + text);
      }
      return new Debian(text.substring(0, slash), text.substring(slash + 1));
    }

    /**
     * Returns the folder below {@code pool/main/}: {@code p/prosody}, {@code libi/libidn}: the
     * first letter, or the first four of a library.
     */
    public String poolFolder() {
      int length = sourcePackage.startsWith("lib") ? Math.min(4, sourcePackage.length()) : 1;
      String prefix = sourcePackage.substring(0, length);
      return prefix + "/" + sourcePackage;
    }

    @Override
    public String toString() {
      return "debian:" + sourcePackage + "/" + file;
    }
  }

  /**
   * A file below {@code dists/} of the Debian archive. Recipes cannot name one.
   *
   * @param suite such as {@code trixie} or {@code trixie-security}
   * @param path the path below the suite's folder
   */
  record DebianIndex(String suite, String path) implements Origin {
    static final Pattern SUITE = Pattern.compile("[a-z0-9][a-z0-9-]*");
    private static final Pattern PATH = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]*");

    /**
     * Checks the names.
     *
     * @throws IllegalArgumentException if one could lead elsewhere
     */
    public DebianIndex {
      if (!SUITE.matcher(suite).matches()) {
        throw new IllegalArgumentException("not the name of a Debian suite: " + suite);
      }
      for (String part : path.split("/", -1)) {
        if (!PATH.matcher(part).matches()) {
          throw new IllegalArgumentException("not a path in a Debian suite: " + path);
        }
      }
    }

    @Override
    public String toString() {
      return "debian suite " + suite + ", " + path;
    }
  }

  /**
   * A file on this machine.
   *
   * @param path where it lies
   * @param text the path as it was written, for messages and reports
   */
  record LocalFile(Path path, String text) implements Origin {
    private static LocalFile parse(String text, Path baseFolder) {
      if (text.isEmpty() || text.startsWith("//")) {
        throw new IllegalArgumentException(
            "not of the form file:<path relative to the recipe>: file:" + text);
      }
      try {
        return new LocalFile(baseFolder.resolve(text).normalize(), text);
      } catch (InvalidPathException e) {
        throw new IllegalArgumentException("not a path: " + e.getMessage());
      }
    }

    @Override
    public boolean isRemote() {
      return false;
    }

    @Override
    public String toString() {
      return "file:" + text;
    }
  }

  /**
   * An artifact in a Maven repository.
   *
   * @param group group id
   * @param artifact artifact id
   * @param version version
   * @param type file name extension, such as {@code jar}
   * @param classifier classifier, or empty
   */
  record Maven(String group, String artifact, String version, String type, String classifier)
      implements Origin {
    private static final Pattern PART = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._+-]*");

    /**
     * Checks the coordinates.
     *
     * @throws IllegalArgumentException if one is missing or could lead elsewhere
     */
    public Maven {
      for (String part : List.of(group, artifact, version, type)) {
        check(part);
      }
      if (!classifier.isEmpty()) {
        check(classifier);
      }
    }

    private static void check(String part) {
      if (!PART.matcher(part).matches() || part.contains("..")) {
        throw new IllegalArgumentException("not a Maven coordinate: '" + part + "'");
      }
    }

    private static Maven parse(String text) {
      String[] parts = text.split(":", -1);
      if (parts.length < 3 || parts.length > 5) {
        throw new IllegalArgumentException(
            "not of the form maven:<group>:<artifact>:<version>[:<type>[:<classifier>]]: maven:"
                + text);
      }
      return new Maven(
          parts[0],
          parts[1],
          parts[2],
          parts.length > 3 ? parts[3] : "jar",
          parts.length > 4 ? parts[4] : "");
    }

    /** Returns false: the local repository may have it. */
    @Override
    public boolean isRemote() {
      return false;
    }

    @Override
    public String toString() {
      return "maven:"
          + String.join(":", group, artifact, version, type)
          + (classifier.isEmpty() ? "" : ":" + classifier);
    }
  }
}
