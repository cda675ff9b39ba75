/** The repository index, {@code APKINDEX.tar.gz}. */
@NullMarked
package io.github.prosodyoci.packages.index;

import org.jspecify.annotations.NullMarked;
