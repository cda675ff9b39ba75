/** The Debian archive: its mirrors, and its control files. */
@NullMarked
package io.github.prosodyoci.fetch.debian;

import org.jspecify.annotations.NullMarked;
