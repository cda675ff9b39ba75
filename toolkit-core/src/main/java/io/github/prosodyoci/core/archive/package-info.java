/**
 * The digest type, the one writer of tar, gzip and JSON, and files that appear whole or not at all.
 */
@NullMarked
package io.github.prosodyoci.core.archive;

import org.jspecify.annotations.NullMarked;
