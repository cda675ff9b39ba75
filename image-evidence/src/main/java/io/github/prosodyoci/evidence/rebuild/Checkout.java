package io.github.prosodyoci.evidence.rebuild;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.evidence.EvidenceCode;
import io.github.prosodyoci.evidence.provenance.SourceTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks a commit out, by the machine's own program {@code git}. */
final class Checkout {

  private final Program program;

  Checkout(Program program) {
    this.program = program;
  }

  /**
   * Checks a commit out into a new folder.
   *
   * @param repository an address, or the folder of a clone
   * @throws io.github.prosodyoci.core.FailureException with {@link EvidenceCode#CHECKOUT_FAILED} if
   *     there is no {@code git}, or the repository cannot be read, or does not have the commit
   */
  void run(String repository, String commit, Path folder) throws InterruptedException {
    Path parent = folder.toAbsolutePath().getParent();
    Path at = parent == null ? folder : parent;
    String thing = "commit " + commit + " of " + repository;
    git(thing, at, "clone", "--quiet", "--no-checkout", "--", repository, folder.toString());
    git(thing, folder, "checkout", "--quiet", "--detach", commit);
    SourceTree tree = SourceTree.of(folder);
    if (!tree.equals(new SourceTree(Optional.of(commit), "clean"))) {
      throw Failure.of(
              EvidenceCode.CHECKOUT_FAILED,
              "check out",
              thing,
              "git checked out " + tree.commit().orElse("nothing") + ", " + tree.state())
          .toException();
    }
  }

  private void git(String thing, Path folder, String... arguments) {
    // A repository's address comes from a document: it must not name a program to run. What line
    // ends look like is for the commit to say, not for this user.
    List<String> command =
        new ArrayList<>(
            List.of("git", "-c", "protocol.ext.allow=never", "-c", "core.autocrlf=false"));
    command.addAll(List.of(arguments));
    int status;
    try {
      status = program.run(folder, Map.of("GIT_TERMINAL_PROMPT", "0"), command);
    } catch (IOException e) {
      throw Failure.of(
              EvidenceCode.CHECKOUT_FAILED,
              "check out",
              thing,
              "the program git cannot be run: " + Reasons.of(e))
          .advising("Install git.")
          .toException(e);
    }
    if (status != 0) {
      throw Failure.of(
              EvidenceCode.CHECKOUT_FAILED,
              "check out",
              thing,
              "git ended with status " + status + ":\n" + program.end() + "\n")
          .toException();
    }
  }
}
