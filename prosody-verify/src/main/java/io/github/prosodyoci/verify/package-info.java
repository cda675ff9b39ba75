/** Decides whether fetched bytes may be trusted: OpenPGP evidence, judged by one policy. */
@NullMarked
package io.github.prosodyoci.verify;

import org.jspecify.annotations.NullMarked;
