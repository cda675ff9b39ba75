/** Recipes: the model, the strict reader, and the graph of what needs what. */
@NullMarked
package io.github.prosodyoci.recipe;

import org.jspecify.annotations.NullMarked;
