/**
 * Debian's archive: its signed indexes, the files that they list, and the versions of its packages.
 */
@NullMarked
package io.github.prosodyoci.verify.debian;

import org.jspecify.annotations.NullMarked;
