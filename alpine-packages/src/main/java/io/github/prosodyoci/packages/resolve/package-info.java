/** Which packages a world needs, and why. */
@NullMarked
package io.github.prosodyoci.packages.resolve;

import org.jspecify.annotations.NullMarked;
