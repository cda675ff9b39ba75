/** YAML, read strictly and edited in place. */
@NullMarked
package io.github.prosodyoci.recipe.yaml;

import org.jspecify.annotations.NullMarked;
