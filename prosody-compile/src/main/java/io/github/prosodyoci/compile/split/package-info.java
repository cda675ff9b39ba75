/** Divides what a build installed into packages, and finds what each provides and needs. */
@NullMarked
package io.github.prosodyoci.compile.split;

import org.jspecify.annotations.NullMarked;
