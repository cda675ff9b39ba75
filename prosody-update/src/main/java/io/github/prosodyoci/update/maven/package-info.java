/** The goals that look for newer sources and take them. */
@NullMarked
package io.github.prosodyoci.update.maven;

import org.jspecify.annotations.NullMarked;
