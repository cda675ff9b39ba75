/** Makes an OCI image of finished layers, as an archive and in a registry. */
@NullMarked
package io.github.prosodyoci.image;

import org.jspecify.annotations.NullMarked;
