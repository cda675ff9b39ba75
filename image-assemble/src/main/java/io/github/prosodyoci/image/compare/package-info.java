/** In what two images differ, down to the bytes of a file. */
@NullMarked
package io.github.prosodyoci.image.compare;

import org.jspecify.annotations.NullMarked;
