/** Brings bytes that are known by their SHA-256 from ordered origins into a shared store. */
@NullMarked
package io.github.prosodyoci.fetch;

import org.jspecify.annotations.NullMarked;
