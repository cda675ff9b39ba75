/**
 * The apk v2 package format: what a package says of itself, and reading, writing and signing it.
 */
@NullMarked
package io.github.prosodyoci.packages.apk;

import org.jspecify.annotations.NullMarked;
