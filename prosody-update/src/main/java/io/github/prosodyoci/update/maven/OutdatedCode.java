package io.github.prosodyoci.update.maven;

import io.github.prosodyoci.core.FailureCode;

/** Why {@code prosodyoci.outdated.fail} stops a build. */
enum OutdatedCode implements FailureCode {
  /** There are newer sources than the pinned ones. */
  NEWER_SOURCES,
  /** A suite was not asked, its index is stale, or nobody answered for a recipe. */
  UNANSWERED
}
