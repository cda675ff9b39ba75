/** Builds an image again from its provenance, in a clean place. */
@NullMarked
package io.github.prosodyoci.evidence.rebuild;

import org.jspecify.annotations.NullMarked;
