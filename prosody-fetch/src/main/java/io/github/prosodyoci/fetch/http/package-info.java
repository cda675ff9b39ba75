/** HTTP: bounded, resumed and retried downloads. */
@NullMarked
package io.github.prosodyoci.fetch.http;

import org.jspecify.annotations.NullMarked;
