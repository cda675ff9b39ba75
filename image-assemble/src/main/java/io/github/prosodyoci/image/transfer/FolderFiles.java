package io.github.prosodyoci.image.transfer;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.image.ImageCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** The files of a folder. */
final class FolderFiles implements LayoutFiles {

  private final Path folder;

  /**
   * Opens a folder.
   *
   * @throws io.github.prosodyoci.core.FailureException with {@link ImageCode#NO_ARCHIVE} if it is
   *     missing
   */
  FolderFiles(Path folder) {
    this.folder = folder;
    if (!Files.isDirectory(folder)) {
      throw Failure.of(ImageCode.NO_ARCHIVE, "read", thing(), "there is no such folder")
          .toException();
    }
  }

  @Override
  public String thing() {
    return "the image layout " + folder;
  }

  @Override
  public OptionalLong size(String name) throws IOException {
    Path file = folder.resolve(name);
    return Files.isRegularFile(file) ? OptionalLong.of(Files.size(file)) : OptionalLong.empty();
  }

  @Override
  public Digest digest(String name) throws IOException {
    return Digest.of(folder.resolve(name));
  }

  @Override
  public InputStream open(String name) throws IOException {
    return Files.newInputStream(folder.resolve(name));
  }
}
