/** Alpine packages: reads, writes, indexes, resolves and installs them into image layers. */
@NullMarked
package io.github.prosodyoci.rootfs;

import org.jspecify.annotations.NullMarked;
