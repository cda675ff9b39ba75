/** The goals of image-assemble. */
@NullMarked
package io.github.prosodyoci.image.maven;

import org.jspecify.annotations.NullMarked;
