/** Patches in the unified format: reads, applies and reverses them. */
@NullMarked
package io.github.prosodyoci.core.patch;

import org.jspecify.annotations.NullMarked;
