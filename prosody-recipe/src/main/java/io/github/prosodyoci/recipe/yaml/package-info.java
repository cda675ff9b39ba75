/** Reads YAML strictly: every error names file and line. */
@NullMarked
package io.github.prosodyoci.recipe.yaml;

import org.jspecify.annotations.NullMarked;
