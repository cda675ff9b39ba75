/** Lays chosen packages down in image layers, as apk would in a root directory, without root. */
@NullMarked
package io.github.prosodyoci.rootfs.install;

import org.jspecify.annotations.NullMarked;
