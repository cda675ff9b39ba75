/** Which packages a world needs: chosen as apk-tools chooses them, and explained. */
@NullMarked
package io.github.prosodyoci.rootfs.resolve;

import org.jspecify.annotations.NullMarked;
