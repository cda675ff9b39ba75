/** The goals, which translate Maven's parameters for the library. */
@NullMarked
package io.github.prosodyoci.verify.maven;

import org.jspecify.annotations.NullMarked;
