/** Reads what is installed in an image or folder, whoever made it, and what was changed since. */
@NullMarked
package io.github.prosodyoci.rootfs.inspect;

import org.jspecify.annotations.NullMarked;
