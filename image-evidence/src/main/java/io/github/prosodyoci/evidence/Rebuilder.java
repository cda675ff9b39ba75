package io.github.prosodyoci.evidence;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Folders;
import io.github.prosodyoci.evidence.provenance.Provenance;
import io.github.prosodyoci.evidence.rebuild.BuiltImage;
import io.github.prosodyoci.evidence.rebuild.CleanBuild;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Builds an image again from its provenance, in a clean place: the commit is checked out, and built
 * with a cache of its own. The commit's code runs with the rights of the user.
 */
public final class Rebuilder {

  private final Consumer<String> log;

  /**
   * Creates a rebuilder.
   *
   * @param log receives a line for each step
   */
  public Rebuilder(Consumer<String> log) {
    this.log = log;
  }

  /**
   * Returns what was built. Another image than expected is a result, too.
   *
   * @throws FailureException with {@link EvidenceCode#NOT_REBUILDABLE} if the provenance does not
   *     name a commit without changes, or is of another build type; with {@link
   *     EvidenceCode#CHECKOUT_FAILED} if the commit cannot be checked out; with {@link
   *     EvidenceCode#REBUILD_FAILED} if the build fails or makes no image; with a {@code
   *     CommonCode} if the folder is not empty, or a file cannot be read or written
   * @throws InterruptedException if the thread is interrupted
   */
  public RebuildResult rebuild(RebuildRequest request) throws InterruptedException {
    Provenance.External what = what(request);
    try {
      requireEmpty(request.folder());
      Files.createDirectories(request.folder());
      String repository = request.repository().orElseGet(() -> String.valueOf(what.repository()));
      BuiltImage image =
          new CleanBuild(
                  request.folder(),
                  what,
                  new CleanBuild.Machine(request.maven(), request.java(), request.arguments()),
                  log)
              .run(repository, request.downloads(), request.image());
      return new RebuildResult(
          request.image(),
          image.digest(),
          image.archive(),
          repository,
          String.valueOf(what.commit()));
    } catch (IOException e) {
      throw FileFailures.of("rebuild", "the image", request.folder(), e);
    }
  }

  private static Provenance.External what(RebuildRequest request) {
    Provenance.BuildDefinition definition = request.provenance().buildDefinition();
    if (definition == null || definition.externalParameters() == null) {
      throw unusable("it names no parameters").toException();
    }
    if (!Provenance.BUILD_TYPE.equals(definition.buildType())) {
      throw unusable("its build type is " + definition.buildType())
          .expecting(Provenance.BUILD_TYPE)
          .toException();
    }
    Provenance.External what = definition.externalParameters();
    if (what.commit() == null || !CleanBuild.isUsable(what)) {
      throw unusable("it does not name commit, platform and time as it should").toException();
    }
    if (!"clean".equals(what.workingTree())) {
      throw unusable("its working tree is " + what.workingTree()).expecting("clean").toException();
    }
    if (request.repository().isEmpty() && what.repository() == null) {
      throw unusable("it names no repository")
          .advising("Give one: -Dprosodyoci.rebuild.repository=<address or folder>.")
          .toException();
    }
    return what;
  }

  private static Failure unusable(String found) {
    return Failure.of(EvidenceCode.NOT_REBUILDABLE, "follow", "the provenance", found);
  }

  private static void requireEmpty(Path folder) throws IOException {
    if (!Folders.list(folder).isEmpty()) {
      throw Failure.of(
              CommonCode.CONFIGURATION, "rebuild", "in " + folder, "the folder is not empty")
          .advising("Delete it, or choose another one: -Dprosodyoci.rebuild.folder=<folder>.")
          .toException();
    }
  }
}
