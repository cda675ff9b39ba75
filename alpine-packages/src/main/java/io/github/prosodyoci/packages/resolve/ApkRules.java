package io.github.prosodyoci.packages.resolve;

import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.Version;
import io.github.prosodyoci.packages.apk.PackageInfo;

/**
 * Which packages of a repository can be chosen, and when they come by themselves: apk 2 and apk 3
 * differ in that (docs/resolver.md).
 *
 * @param major the major version of the apk that the repository is made for, 2 or 3
 * @param architecture the system's architecture, which apk 3 asks for; empty if any will do
 */
public record ApkRules(int major, String architecture) {

  /** The rules of apk 2, which Alpine had before 3.23. */
  public static final ApkRules APK_2 = new ApkRules(2, "");

  /** Returns the rules of apk 3 on a platform. */
  public static ApkRules apk3(Platform platform) {
    return new ApkRules(3, platform.apkArchitecture());
  }

  /** Returns whether a package has a version and architecture that these rules allow. */
  boolean allow(PackageInfo info) {
    if (major < 3) {
      return Version.isValid(info.version());
    }
    String found = info.architecture();
    return Version.isValidForApk3(info.version())
        && (found.isEmpty() || found.equals("noarch") || found.equals(architecture));
  }

  /** Returns whether a package by {@code install_if} may ask that something be absent. */
  boolean knowsAbsence() {
    return major >= 3;
  }
}
