/** Recipes: the model and its reader. */
@NullMarked
package io.github.prosodyoci.recipe;

import org.jspecify.annotations.NullMarked;
