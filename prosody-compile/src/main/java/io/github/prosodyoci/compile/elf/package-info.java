/** Reads what a linker and a loader need to know of an ELF file. */
@NullMarked
package io.github.prosodyoci.compile.elf;

import org.jspecify.annotations.NullMarked;
