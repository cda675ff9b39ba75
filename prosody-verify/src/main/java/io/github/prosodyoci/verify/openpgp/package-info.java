/**
 * As much of OpenPGP as is needed: armor, packets, certificates and the signatures of pinned keys,
 * judged by one policy.
 */
@NullMarked
package io.github.prosodyoci.verify.openpgp;

import org.jspecify.annotations.NullMarked;
