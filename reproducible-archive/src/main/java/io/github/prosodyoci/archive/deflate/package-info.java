/** An encoder of deflate (RFC 1951), whose output is the same for every JDK, for years. */
@NullMarked
package io.github.prosodyoci.archive.deflate;

import org.jspecify.annotations.NullMarked;
