/** Runs the steps of a recipe in a clean environment. */
@NullMarked
package io.github.prosodyoci.compile.run;

import org.jspecify.annotations.NullMarked;
