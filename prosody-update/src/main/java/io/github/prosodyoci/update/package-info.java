/**
 * Keeps recipes current: finds what is newer than their pins, and rewrites the pins once the
 * evidence is verified.
 */
@NullMarked
package io.github.prosodyoci.update;

import org.jspecify.annotations.NullMarked;
