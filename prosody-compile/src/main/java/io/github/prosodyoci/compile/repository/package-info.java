/** The signed repository that the packages end up in. */
@NullMarked
package io.github.prosodyoci.compile.repository;

import org.jspecify.annotations.NullMarked;
