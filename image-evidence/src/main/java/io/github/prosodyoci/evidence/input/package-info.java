/** Reads what is known of an image: the reports of the stages that made it, and its layers. */
@NullMarked
package io.github.prosodyoci.evidence.input;

import org.jspecify.annotations.NullMarked;
