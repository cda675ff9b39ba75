/** The root folder that build steps run in, unpacked from pinned Debian packages. */
@NullMarked
package io.github.prosodyoci.compile.buildroot;

import org.jspecify.annotations.NullMarked;
