package io.github.prosodyoci.rootfs;

import io.github.prosodyoci.core.FailureCode;
import java.util.Optional;

/** Why packages could not be installed or inspected. */
public enum RootfsCode implements FailureCode {
  /** Two packages, or a package and a file of the build, have the same path. */
  FILE_CONFLICT("Install only one of the two, or let one say that it replaces the other."),
  /** An image to inspect that cannot be read, or holds no packages. */
  DATABASE("Name an image or root file system with packages of apk."),
  /** A package with a device node. */
  DEVICE("Leave the package out: container engines make the devices in /dev themselves."),
  /** An install script whose effect is not known, or not possible. */
  UNKNOWN_SCRIPT("Install the package that adds what is missing before it.");

  private final String advice;

  RootfsCode(String advice) {
    this.advice = advice;
  }

  @Override
  public Optional<String> advice() {
    return Optional.of(advice);
  }
}
