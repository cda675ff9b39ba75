package io.github.prosodyoci.core.patch;

import io.github.prosodyoci.core.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The files below a folder; nothing is read or written through a link that leads out of it. */
public final class FolderTree implements PatchTree {

  private final Path root;

  /** Creates the tree of the files below a folder. */
  public FolderTree(Path root) {
    this.root = root;
  }

  @Override
  public Optional<List<String>> read(String path) throws IOException {
    Path file = resolve(path);
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        ? Optional.of(UnifiedDiff.lines(Files.readString(file, StandardCharsets.ISO_8859_1)))
        : Optional.empty();
  }

  @Override
  public void write(String path, Optional<List<String>> lines) throws IOException {
    Path file = resolve(path);
    if (lines.isEmpty()) {
      Files.deleteIfExists(file);
      return;
    }
    Path parent = file.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.writeString(file, String.join("", lines.get()), StandardCharsets.ISO_8859_1);
  }

  private Path resolve(String path) throws IOException {
    Path target = root.resolve(path).normalize();
    Path parent = target.getParent();
    while (parent != null && !Files.exists(parent)) {
      parent = parent.getParent();
    }
    if (!target.startsWith(root)
        || parent == null
        || !parent.toRealPath().startsWith(root.toRealPath())
        || Files.isSymbolicLink(target)) {
      throw Failure.of(
              PatchCode.PATCH_ESCAPE,
              "apply",
              "the patch",
              "it leads out of the build folder, to " + target)
          .toException();
    }
    return target;
  }
}
