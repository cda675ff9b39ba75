/** What no digest pins: documents that change, and new releases. */
@NullMarked
package io.github.prosodyoci.fetch.unpinned;

import org.jspecify.annotations.NullMarked;
