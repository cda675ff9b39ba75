/** The compiler for the machine that builds, unpacked from its pinned archive. */
@NullMarked
package io.github.prosodyoci.compile.toolchain;

import org.jspecify.annotations.NullMarked;
