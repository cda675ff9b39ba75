/** What an image consists of: the one model that all documents are made from. */
@NullMarked
package io.github.prosodyoci.evidence.inventory;

import org.jspecify.annotations.NullMarked;
