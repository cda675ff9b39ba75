package io.github.prosodyoci.it;

import io.github.prosodyoci.it.container.Command;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * The project as in an empty clone, and a home with all that was downloaded, but nothing that was
 * built.
 *
 * @param project the folder of the sources
 * @param home the folder of the user who builds it
 */
record Checkout(Path project, Path home) {

  private static final Set<String> NOT_SOURCE = Set.of("target", ".git", ".idea");

  /** Fills both folders, which need not exist. */
  static Checkout create(Path project, Path home) throws IOException {
    copySources(Path.of(System.getProperty("prosodyoci.it.root")).toRealPath(), project);
    Path repository = home.resolve(".m2/repository");
    Files.createDirectories(repository.getParent());
    copy(Path.of(System.getProperty("prosodyoci.it.localRepository")), repository);
    // The toolkit itself is to come from the copied sources alone.
    Command.of("rm", "-rf", repository.resolve("io/github/prosodyoci").toString()).output();
    Path cache = home.resolve(".cache/prosody-oci");
    Files.createDirectories(cache);
    for (String downloads : List.of("store", "documents")) {
      copy(Path.of(System.getProperty("prosodyoci.it.cache"), downloads), cache.resolve(downloads));
    }
    return new Checkout(project, home);
  }

  private static void copy(Path from, Path to) {
    if (Files.exists(from)) {
      Command.of("cp", "-a", "--reflink=auto", from.toString(), to.toString())
          .limit(Duration.ofMinutes(5))
          .output();
    }
  }

  /** Copies what is in a folder, without what was built there. */
  static void copySources(Path root, Path project) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes facts)
              throws IOException {
            if (NOT_SOURCE.contains(path.getFileName().toString())) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            Files.createDirectories(project.resolve(root.relativize(path)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes facts)
              throws IOException {
            // In a worktree .git is a file.
            if (!NOT_SOURCE.contains(path.getFileName().toString())) {
              Files.copy(
                  path,
                  project.resolve(root.relativize(path)),
                  LinkOption.NOFOLLOW_LINKS,
                  StandardCopyOption.COPY_ATTRIBUTES);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
