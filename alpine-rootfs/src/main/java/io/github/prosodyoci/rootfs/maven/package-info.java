/** The goals of this module. */
@NullMarked
package io.github.prosodyoci.rootfs.maven;

import org.jspecify.annotations.NullMarked;
