/** The page about an image, for people. */
@NullMarked
package io.github.prosodyoci.evidence.page;

import org.jspecify.annotations.NullMarked;
