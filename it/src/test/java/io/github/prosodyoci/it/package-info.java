/**
 * Tests of the whole system: the image, driven by a real client, and the goals, as users call them.
 */
@NullMarked
package io.github.prosodyoci.it;

import org.jspecify.annotations.NullMarked;
