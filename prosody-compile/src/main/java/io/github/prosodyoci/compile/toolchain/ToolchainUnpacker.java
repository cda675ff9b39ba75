package io.github.prosodyoci.compile.toolchain;

import io.github.prosodyoci.compile.report.CompileListener;
import io.github.prosodyoci.compile.run.Folders;
import io.github.prosodyoci.compile.source.VerifiedCopy;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.LockFile;
import io.github.prosodyoci.core.Reasons;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * Unpacks toolchains, each into a folder that appears whole, that builds share, and that is checked
 * before it is used again. This is the seam between a build and the kind of its toolchain: what an
 * archive holds is known to {@link LlvmArchive} alone.
 */
public final class ToolchainUnpacker {

  private final Path cache;
  private final ToolchainCheck check;
  private final CompileListener listener;

  /**
   * Creates an unpacker.
   *
   * @param cache the folder that toolchains are kept below
   * @param check checks that a toolchain runs on this machine
   * @param listener receives what a user should know
   */
  public ToolchainUnpacker(Path cache, ToolchainCheck check, CompileListener listener) {
    this.cache = cache;
    this.check = check;
    this.listener = listener;
  }

  /** Returns the digest of a toolchain: of its archive, and of how it is set up. */
  public static Digest digest(Digest archive) {
    return Digest.of(
        (archive + "\n" + LlvmArchive.DESCRIPTION + CompilerFolder.DESCRIPTION)
            .getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns the toolchain of an archive, which is unpacked if it was not unpacked before, or if the
   * folder no longer has the same content.
   *
   * @param archive the archive
   * @param archiveDigest its digest
   * @param listTrusted whether no step could write to the list of what was unpacked; otherwise the
   *     archive is unpacked again to compare
   * @throws io.github.prosodyoci.core.FailureException if the archive is not a toolchain or does
   *     not have this digest, or its programs do not run here; nothing of it is kept then
   * @throws IOException if the folder cannot be written
   * @throws InterruptedException if this thread is interrupted
   */
  public Toolchain unpack(Path archive, Digest archiveDigest, boolean listTrusted)
      throws IOException, InterruptedException {
    Digest digest = digest(archiveDigest);
    Path folder = cache.resolve(digest.hex().substring(0, 16));
    Path list = folder.resolveSibling(folder.getFileName() + ".json");
    LockFile lock =
        LockFile.beside(folder, () -> listener.info("Waiting for another build's toolchain"));
    try (lock) {
      if (listTrusted && Files.isDirectory(folder)) {
        Optional<ToolchainFiles> files = read(list);
        if (files.isPresent() && intact(folder, files.get())) {
          return new Toolchain(folder, digest, files.get());
        }
      }
      Path temporary = Files.createTempDirectory(cache, ".unpack");
      try {
        unpack(archive, archiveDigest, folder, temporary);
        ToolchainFiles files = ToolchainFiles.of(folder);
        Path written = temporary.resolve("list");
        Json.write(written, files);
        Files.move(written, list, StandardCopyOption.REPLACE_EXISTING);
        return new Toolchain(folder, digest, files);
      } catch (IOException e) {
        // Now, as the disk is no longer full when the temporary folder is deleted.
        throw FileFailures.of("unpack", "the toolchain " + archive, temporary, e);
      } finally {
        Folders.delete(temporary);
      }
    }
  }

  private void unpack(Path archive, Digest archiveDigest, Path folder, Path temporary)
      throws IOException, InterruptedException {
    Path fresh = temporary.resolve("toolchain");
    Path copy = temporary.resolve("archive");
    // Nobody else has the copy: what is unpacked is what was hashed.
    VerifiedCopy.of(archive, copy, archiveDigest).close();
    new LlvmArchive(copy, archive).extract(fresh);
    if (!Files.isDirectory(folder) || !intact(folder, ToolchainFiles.of(fresh))) {
      check.check(fresh, temporary);
      // Nobody sees half of it, and another build that uses the old one keeps it until its end.
      if (Files.exists(folder)) {
        Files.move(folder, temporary.resolve("old"));
      }
      Files.move(fresh, folder);
    }
  }

  private Optional<ToolchainFiles> read(Path list) {
    try {
      return Optional.of(Json.read(list, ToolchainFiles.class));
    } catch (IOException e) {
      listener.warn(
          "The list of the toolchain's files cannot be used ("
              + Reasons.of(e)
              + "): the toolchain is unpacked again to compare");
      return Optional.empty();
    }
  }

  private boolean intact(Path folder, ToolchainFiles files) throws IOException {
    Optional<String> changed = files.difference(folder, false);
    changed.ifPresent(
        path ->
            listener.warn(
                "The toolchain was changed since it was unpacked ("
                    + folder.resolve(path)
                    + "): it is unpacked again"));
    return changed.isEmpty();
  }
}
