/** The goals that lock, explain and publish packages. */
@NullMarked
package io.github.prosodyoci.packages.maven;

import org.jspecify.annotations.NullMarked;
