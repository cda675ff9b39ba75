/** An encoder for the deflate format (RFC 1951), whose output depends on its input alone. */
@NullMarked
package io.github.prosodyoci.core.archive.deflate;

import org.jspecify.annotations.NullMarked;
