/** Built packages, kept under the digest of everything that made them. */
@NullMarked
package io.github.prosodyoci.compile.cache;

import org.jspecify.annotations.NullMarked;
