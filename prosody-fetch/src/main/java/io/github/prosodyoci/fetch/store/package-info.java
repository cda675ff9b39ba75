/** The content store: files by digest, shared by all builds of a user. */
@NullMarked
package io.github.prosodyoci.fetch.store;

import org.jspecify.annotations.NullMarked;
