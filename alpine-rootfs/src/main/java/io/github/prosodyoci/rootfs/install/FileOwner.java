package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.core.archive.TarEntry;

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
  static FileOwner of(Owner earlier, Owner later) {
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

  /**
   * Returns the header of a folder that two packages have: apk 2.14 gives it the lowest owner, and
   * the mode bits that all packages with this owner set.
   *
   * @param before as it was so far
   * @param entry as the later package has it
   */
  static TarEntry shared(TarEntry before, TarEntry entry) {
    int order = Integer.compare(entry.uid(), before.uid());
    order = order != 0 ? order : Integer.compare(entry.gid(), before.gid());
    if (order == 0) {
      return before.withMode(before.mode() & entry.mode());
    }
    return order < 0 ? entry : before;
  }
}
