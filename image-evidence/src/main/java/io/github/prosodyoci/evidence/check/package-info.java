/** Checks of an image's evidence, each against what it is about. */
@NullMarked
package io.github.prosodyoci.evidence.check;

import org.jspecify.annotations.NullMarked;
