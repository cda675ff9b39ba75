/** The lock file, which pins what comes from repositories on the network. */
@NullMarked
package io.github.prosodyoci.packages.lock;

import org.jspecify.annotations.NullMarked;
