/** What the cache folder holds, and how it is kept from growing without bound. */
@NullMarked
package io.github.prosodyoci.fetch.cache;

import org.jspecify.annotations.NullMarked;
