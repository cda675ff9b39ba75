/** What the goals of all modules share: Maven's settings as the libraries take them. */
@NullMarked
package io.github.prosodyoci.maven;

import org.jspecify.annotations.NullMarked;
