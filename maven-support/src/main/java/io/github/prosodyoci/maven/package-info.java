/** What the goals of all modules share: their skeleton, parameters, and Maven's settings. */
@NullMarked
package io.github.prosodyoci.maven;

import org.jspecify.annotations.NullMarked;
