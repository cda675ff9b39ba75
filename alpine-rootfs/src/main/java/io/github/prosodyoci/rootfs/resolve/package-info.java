/** Which packages a world needs, and why. */
@NullMarked
package io.github.prosodyoci.rootfs.resolve;

import org.jspecify.annotations.NullMarked;
