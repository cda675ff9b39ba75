/** Lays out the sources of a recipe: unpacks archives. */
@NullMarked
package io.github.prosodyoci.compile.source;

import org.jspecify.annotations.NullMarked;
