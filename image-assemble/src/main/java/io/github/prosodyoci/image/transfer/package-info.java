/** Where images are kept, and how they get from one place to another, byte for byte. */
@NullMarked
package io.github.prosodyoci.image.transfer;

import org.jspecify.annotations.NullMarked;
