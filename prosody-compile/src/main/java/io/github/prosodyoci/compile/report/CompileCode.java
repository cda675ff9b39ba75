package io.github.prosodyoci.compile.report;

import io.github.prosodyoci.core.FailureCode;
import java.util.Optional;

/** Kinds of failure when packages are built. */
public enum CompileCode implements FailureCode {
  /** There is no report that says which sources may be trusted. */
  VERIFICATION_MISSING("Run the goal prosody-verify:sources first."),
  /** A source is not among the trusted ones. */
  SOURCE_NOT_TRUSTED("Run the goal prosody-verify:sources on the same recipes first."),
  /** A source is not in the cache. */
  SOURCE_MISSING("Run the goal prosody-fetch:sources first."),
  /** A file is no longer the one that was verified. */
  SOURCE_CHANGED("Find out what writes there, and run the build again."),
  /** A source archive is damaged, or holds what no source archive should. */
  SOURCE_ARCHIVE,
  /** A patch is missing or does not apply. */
  PATCH,
  /** No recipe and no repository has a package that is needed. */
  PACKAGE_MISSING,
  /** Recipes depend on each other in a cycle. */
  DEPENDENCY_CYCLE("Remove one of these dependencies."),
  /** Build steps must be isolated, and this machine cannot do that. */
  ISOLATION_UNAVAILABLE("See docs/recipes.md, \"Isolation\", for what it needs."),
  /** It is not known whether this machine can isolate build steps. */
  ISOLATION_UNKNOWN("See docs/recipes.md, \"Isolation\", for what it needs."),
  /** Other users could change the package cache. */
  CACHE_REFUSED(
      "Make it this user's alone (chown, chmod go-w), or choose another cache folder with"
          + " -Dprosodyoci.cache=<folder>."),
  /** The key that vouches for cached packages cannot be used. */
  CACHE_KEY(
      "Correct its owner and mode. If others may have used it, delete it: a new one is made, and"
          + " all packages are built again. -Dprosodyoci.cacheKey=<file> names another one."),
  /** A package of the build root is not what it should be. */
  BUILD_ROOT_PACKAGE("Correct the sources of the build root."),
  /** A program of the build root does not run on this machine. */
  BUILD_ROOT_UNUSABLE("Add the package that has what is missing to the build root."),
  /** The build root was changed while it was in use. */
  BUILD_ROOT_CHANGED(
      "Packages that were built since may hold anything. Find out what changed it; the next build"
          + " unpacks the build root again."),
  /** A step ended with an error. */
  STEP_FAILED,
  /** A step was stopped because it used too much. */
  STEP_LIMIT,
  /** What a recipe's steps installed cannot be packaged. */
  PACKAGING,
  /** An installed file needs something that no package in the sysroot provides. */
  DEPENDENCY_MISSING,
  /** An installed file holds the path of the build folder. */
  PATH_LEAK,
  /** The key that signs the repository is missing. */
  SIGNING_KEY("Correct -Dprosodyoci.signingKey, or leave it out to use a key from the cache.");

  private final Optional<String> advice;

  CompileCode() {
    this.advice = Optional.empty();
  }

  CompileCode(String advice) {
    this.advice = Optional.of(advice);
  }

  @Override
  public Optional<String> advice() {
    return advice;
  }
}
