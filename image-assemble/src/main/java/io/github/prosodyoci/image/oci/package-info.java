/** The documents of the OCI image specification 1.1, and what they refer to. */
@NullMarked
package io.github.prosodyoci.image.oci;

import org.jspecify.annotations.NullMarked;
