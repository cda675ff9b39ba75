/**
 * The apk v2 package format: what a package says of itself, and reading, writing and signing it.
 */
@NullMarked
package io.github.prosodyoci.rootfs.apk;

import org.jspecify.annotations.NullMarked;
