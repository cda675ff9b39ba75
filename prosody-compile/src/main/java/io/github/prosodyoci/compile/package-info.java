/** Verified source becomes Alpine packages: the entry point, its request and its outcome. */
@NullMarked
package io.github.prosodyoci.compile;

import org.jspecify.annotations.NullMarked;
