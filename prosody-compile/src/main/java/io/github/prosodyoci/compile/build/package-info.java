/** Builds one recipe, and all of them along their graph. */
@NullMarked
package io.github.prosodyoci.compile.build;

import org.jspecify.annotations.NullMarked;
