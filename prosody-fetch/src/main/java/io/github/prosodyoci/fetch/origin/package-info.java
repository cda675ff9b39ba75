/** Origins: where a file may come from, asked one after the other. */
@NullMarked
package io.github.prosodyoci.fetch.origin;

import org.jspecify.annotations.NullMarked;
