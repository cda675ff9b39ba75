package io.github.prosodyoci.rootfs.install;

/**
 * What was installed.
 *
 * @param report what {@code rootfs.json} says
 * @param upToDate whether layers and report were there already
 */
public record InstallResult(RootfsReport report, boolean upToDate) {}
