/**
 * Keeps recipes current: what is newer than their pins, and their pins rewritten once its evidence
 * holds.
 */
@NullMarked
package io.github.prosodyoci.update;

import org.jspecify.annotations.NullMarked;
