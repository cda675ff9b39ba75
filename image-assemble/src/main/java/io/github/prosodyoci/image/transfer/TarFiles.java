package io.github.prosodyoci.image.transfer;

import com.google.common.io.ByteStreams;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.archive.ArchiveCode;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarReader;
import io.github.prosodyoci.image.ImageCode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/** The files of an archive, which is read through once to know where each is, and its digest. */
final class TarFiles implements LayoutFiles {

  private final Path archive;
  private final Map<String, Stored> files = new HashMap<>();

  /** Where a file is in the archive, and what it holds. */
  private record Stored(long offset, long size, Digest digest) {}

  /**
   * Reads an archive.
   *
   * @throws FailureException with {@link ImageCode#NO_ARCHIVE} if it is missing, with {@link
   *     ImageCode#ARCHIVE_DAMAGED} if it is not a tar file
   * @throws IOException if it cannot be read
   */
  TarFiles(Path archive) throws IOException {
    this.archive = archive;
    if (!Files.isRegularFile(archive)) {
      throw Failure.of(ImageCode.NO_ARCHIVE, "read", thing(), "there is no such file")
          .toException();
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(archive), 1 << 16)) {
      TarReader tar = new TarReader(in, thing(), TarReader.Dialect.ARCHIVE);
      for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
        if (entry.type() == TarEntry.Type.FILE) {
          Stored stored = new Stored(tar.offset(), entry.size(), Digest.of(tar.content()));
          if (files.put(entry.path(), stored) != null) {
            throw damaged("it has " + entry.path() + " twice").toException();
          }
        }
      }
    } catch (FailureException e) {
      throw e.failureCode() instanceof ArchiveCode
          ? damaged(e.failure().found()).toException(e)
          : e;
    }
  }

  private Failure damaged(String reason) {
    return Failure.of(ImageCode.ARCHIVE_DAMAGED, "read", thing(), reason);
  }

  @Override
  public String thing() {
    return "the image archive " + archive;
  }

  @Override
  public OptionalLong size(String name) {
    Stored file = files.get(name);
    return file == null ? OptionalLong.empty() : OptionalLong.of(file.size());
  }

  private Stored file(String name) throws IOException {
    Stored file = files.get(name);
    if (file == null) {
      throw new NoSuchFileException(name);
    }
    return file;
  }

  @Override
  public Digest digest(String name) throws IOException {
    return file(name).digest();
  }

  @Override
  public InputStream open(String name) throws IOException {
    Stored file = file(name);
    InputStream in = Files.newInputStream(archive);
    try {
      in.skipNBytes(file.offset());
    } catch (IOException e) {
      in.close();
      throw e;
    }
    return ByteStreams.limit(in, file.size());
  }
}
