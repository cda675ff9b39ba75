/** Statements, keys, signatures, and the envelopes that carry them. */
@NullMarked
package io.github.prosodyoci.evidence.sign;

import org.jspecify.annotations.NullMarked;
