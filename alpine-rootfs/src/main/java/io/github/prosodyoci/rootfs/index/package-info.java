/** The repository index, {@code APKINDEX.tar.gz}. */
@NullMarked
package io.github.prosodyoci.rootfs.index;

import org.jspecify.annotations.NullMarked;
