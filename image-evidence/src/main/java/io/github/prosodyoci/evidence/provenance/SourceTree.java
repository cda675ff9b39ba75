package io.github.prosodyoci.evidence.provenance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which commit is built, and whether anything was changed since.
 *
 * @param commit the commit; empty if not known
 * @param state {@code clean}, {@code modified} or {@code unknown}
 */
public record SourceTree(Optional<String> commit, String state) {

  /** Nothing is known. */
  public static final SourceTree UNKNOWN = new SourceTree(Optional.empty(), "unknown");

  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

  /** Returns whether a text is the name of a commit. */
  public static boolean isCommit(String text) {
    return COMMIT.matcher(text).matches();
  }

  /**
   * Returns what the program {@code git} says of a folder; {@link #UNKNOWN} if there is no such
   * program, or it knows nothing.
   *
   * @throws InterruptedException if the thread is interrupted
   */
  public static SourceTree of(Path folder) throws InterruptedException {
    Optional<String> commit =
        git(folder, "rev-parse", "HEAD").map(String::strip).filter(SourceTree::isCommit);
    if (commit.isEmpty()) {
      return UNKNOWN;
    }
    // Untracked files count: a recipe that was added changes what is built.
    Optional<String> changes = git(folder, "status", "--porcelain", "--untracked-files=normal");
    return new SourceTree(
        commit, changes.map(text -> text.isBlank() ? "clean" : "modified").orElse("unknown"));
  }

  private static Optional<String> git(Path folder, String... arguments)
      throws InterruptedException {
    List<String> command = new ArrayList<>(List.of("git", "-c", "core.fsmonitor=false"));
    command.addAll(List.of(arguments));
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      // There is no such program.
      return Optional.empty();
    }
    try (InputStream out = process.getInputStream()) {
      process.getOutputStream().close();
      String text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? Optional.of(text) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } finally {
      process.destroyForcibly();
    }
  }
}
