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
 * @param folder the project's folder in the repository, such as {@code server/image}; empty for the
 *     uppermost, or if not known
 */
public record SourceTree(Optional<String> commit, String state, String folder) {

  /** Creates a tree whose folder is the uppermost, or not known. */
  public SourceTree(Optional<String> commit, String state) {
    this(commit, state, "");
  }

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
    // Two lines: the folder in the repository, which ends with a slash or is empty, and the commit.
    List<String> lines =
        git(folder, "rev-parse", "--show-prefix", "HEAD").orElse("").lines().toList();
    if (lines.size() != 2 || !isCommit(lines.get(1))) {
      return UNKNOWN;
    }
    String prefix = lines.get(0);
    // Untracked files count: a recipe that was added changes what is built.
    Optional<String> changes = git(folder, "status", "--porcelain", "--untracked-files=normal");
    return new SourceTree(
        Optional.of(lines.get(1)),
        changes.map(text -> text.isBlank() ? "clean" : "modified").orElse("unknown"),
        prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix);
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
