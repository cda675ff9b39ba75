/** Runs an OCI image archive on a machine without a container engine. */
@NullMarked
package io.github.prosodyoci.it.container;

import org.jspecify.annotations.NullMarked;
