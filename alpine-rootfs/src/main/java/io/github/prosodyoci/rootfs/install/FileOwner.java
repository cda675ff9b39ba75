package io.github.prosodyoci.rootfs.install;

/** Which of two packages has a file that both bring (apk-package(5), replaces). */
enum FileOwner {
  /** The one that was installed before. */
  EARLIER,
  /** The one that is installed now. */
  LATER,
  /** Neither says that it replaces the other. */
  CONTESTED;

  /**
   * Decides about two packages.
   *
   * @param earlier the one that was installed before
   * @param later the one that is installed now; subpackages of one recipe may always take each
   *     other's files
   */
  static FileOwner of(InstalledPackage earlier, InstalledPackage later) {
    if (later.hasOriginOf(earlier)) {
      return LATER;
    }
    boolean keeps = earlier.replaces(later);
    boolean takes = later.replaces(earlier);
    if (keeps && takes) {
      // Each replaces the other: the higher replaces_priority decides.
      return earlier.info().replacesPriority() > later.info().replacesPriority() ? EARLIER : LATER;
    }
    return keeps ? EARLIER : takes ? LATER : CONTESTED;
  }
}
