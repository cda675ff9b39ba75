/** The goals. */
@NullMarked
package io.github.prosodyoci.evidence.maven;

import org.jspecify.annotations.NullMarked;
