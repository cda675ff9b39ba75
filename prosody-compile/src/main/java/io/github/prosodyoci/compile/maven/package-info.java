/** The goals. */
@NullMarked
package io.github.prosodyoci.compile.maven;

import org.jspecify.annotations.NullMarked;
