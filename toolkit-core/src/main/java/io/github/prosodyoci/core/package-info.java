/** What every room needs: digests, platforms, failures, JSON, atomic files. */
@NullMarked
package io.github.prosodyoci.core;

import org.jspecify.annotations.NullMarked;
