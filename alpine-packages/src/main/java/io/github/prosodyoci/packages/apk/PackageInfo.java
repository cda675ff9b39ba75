package io.github.prosodyoci.packages.apk;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.core.Version;
import io.github.prosodyoci.packages.PackageCode;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a package says of itself in {@code .PKGINFO} (apk-package(5)); empty text and 0 stand for
 * what it does not say.
 *
 * @param name the package's name
 * @param version its version with {@code -r<release>}
 * @param architecture Alpine's name of the architecture, or {@code noarch}
 * @param description one line
 * @param url the project's page
 * @param license an SPDX expression
 * @param origin the package whose recipe built it
 * @param maintainer name and address
 * @param packager name and address of who built it
 * @param commit the recipe's commit
 * @param depends what must be, or with {@code !} must not be, installed with it
 * @param installIf installed by itself once all of these are
 * @param provides further names it answers to
 * @param replaces packages whose files it may overwrite
 * @param providerPriority who wins among several providers of an unversioned name: the highest
 * @param replacesPriority who wins among two packages that replace each other: the highest
 * @param triggers folders that its trigger script watches
 * @param installedSize bytes on disk
 * @param buildDate seconds since 1970-01-01T00:00:00Z
 */
public record PackageInfo(
    String name,
    String version,
    String architecture,
    String description,
    String url,
    String license,
    String origin,
    String maintainer,
    String packager,
    String commit,
    List<Dependency> depends,
    List<Dependency> installIf,
    List<Dependency> provides,
    List<Dependency> replaces,
    int providerPriority,
    int replacesPriority,
    List<String> triggers,
    long installedSize,
    long buildDate) {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+-]*");
  private static final Pattern ARCHITECTURE = Pattern.compile("[a-z0-9_]+");

  /**
   * Checks names and version, and copies the lists.
   *
   * @throws FailureException if a name or the version is none, or a text holds a line end ({@code
   *     bad-name})
   */
  public PackageInfo {
    check(NAME.matcher(name).matches(), name, "name", name);
    check(Version.isValid(version) || Version.isValidForApk3(version), name, "version", version);
    check(
        architecture.isEmpty() || ARCHITECTURE.matcher(architecture).matches(),
        name,
        "architecture",
        architecture);
    for (String text : List.of(description, url, license, origin, maintainer, packager, commit)) {
      if (!isOneLine(text)) {
        check(false, name, "text", text);
      }
    }
    depends = List.copyOf(depends);
    installIf = List.copyOf(installIf);
    provides = List.copyOf(provides);
    replaces = List.copyOf(replaces);
    triggers = List.copyOf(triggers);
  }

  private static boolean isOneLine(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ' && text.charAt(i) != '\t') {
        return false;
      }
    }
    return true;
  }

  private static void check(boolean good, String name, String what, String value) {
    if (!good) {
      throw Failure.of(
              PackageCode.BAD_NAME,
              "use",
              "the package " + Reasons.printable(name),
              "Alpine's format does not allow the " + what + " '" + Reasons.printable(value) + "'")
          .advising("Correct it in the recipe or package.")
          .toException();
    }
  }

  /** Returns a builder for a package of this name, version and architecture. */
  public static PackageInfoBuilder builder(String name, String version, String architecture) {
    return new PackageInfoBuilder(name, version, architecture);
  }

  /** Returns name and version, as in {@code lua5.4-5.4.7-r0}. */
  public String nameVersion() {
    return name + "-" + version;
  }

  /** Returns the file name in a repository, as in {@code lua5.4-5.4.7-r0.apk}. */
  public String fileName() {
    return nameVersion() + ".apk";
  }

  /** Returns this information with another installed size. */
  public PackageInfo withInstalledSize(long size) {
    return copy().installedSize(size).build();
  }

  /** Returns this information with another architecture. */
  public PackageInfo withArchitecture(String other) {
    return copy().architecture(other).build();
  }

  private PackageInfoBuilder copy() {
    return new PackageInfoBuilder(name, version, architecture)
        .description(description)
        .url(url)
        .license(license)
        .origin(origin)
        .maintainer(maintainer)
        .packager(packager)
        .commit(commit)
        .depends(depends)
        .installIf(installIf)
        .provides(provides)
        .replaces(replaces)
        .providerPriority(providerPriority)
        .replacesPriority(replacesPriority)
        .triggers(triggers.toArray(new String[0]))
        .installedSize(installedSize)
        .buildDate(buildDate);
  }
}
