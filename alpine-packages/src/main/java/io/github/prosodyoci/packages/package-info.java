/** Alpine packages: format, index, resolver, lock, repository. */
@NullMarked
package io.github.prosodyoci.packages;

import org.jspecify.annotations.NullMarked;
