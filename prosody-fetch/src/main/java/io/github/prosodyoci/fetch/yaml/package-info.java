/** Reads YAML strictly: every error names file and line. */
@NullMarked
package io.github.prosodyoci.fetch.yaml;

import org.jspecify.annotations.NullMarked;
