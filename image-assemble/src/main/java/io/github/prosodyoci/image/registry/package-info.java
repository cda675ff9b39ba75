/**
 * A client of the OCI distribution specification 1.1 that gives a login to nobody but the registry.
 */
@NullMarked
package io.github.prosodyoci.image.registry;

import org.jspecify.annotations.NullMarked;
