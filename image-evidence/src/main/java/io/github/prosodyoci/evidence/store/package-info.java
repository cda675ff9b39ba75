/** Where images and their evidence are kept. */
@NullMarked
package io.github.prosodyoci.evidence.store;

import org.jspecify.annotations.NullMarked;
