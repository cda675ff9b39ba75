/** Builds Alpine packages from verified source: the entry point, its request and its result. */
@NullMarked
package io.github.prosodyoci.compile;

import org.jspecify.annotations.NullMarked;
