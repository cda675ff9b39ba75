/** Patches in the unified format: reads, applies and reverses them. */
@NullMarked
package io.github.prosodyoci.archive.patch;

import org.jspecify.annotations.NullMarked;
