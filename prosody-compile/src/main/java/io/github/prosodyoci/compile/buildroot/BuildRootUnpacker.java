package io.github.prosodyoci.compile.buildroot;

import io.github.prosodyoci.compile.report.CompileListener;
import io.github.prosodyoci.compile.source.VerifiedCopy;
import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Folders;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.LockFile;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.core.Workers;
import io.github.prosodyoci.recipe.Source;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Unpacks build roots, each into a folder that appears whole, that builds share, and that is
 * checked before it is used again.
 */
public final class BuildRootUnpacker {

  private final Path cache;
  private final BuildHost host;
  private final Function<Source, Path> files;
  private final int threads;
  private final CompileListener listener;

  /** The roots that were compared with what the packages unpack to. */
  private final Map<Digest, BuildRoot> compared = new HashMap<>();

  /**
   * Creates an unpacker.
   *
   * @param cache the folder that build roots are kept below
   * @param host the machine that their programs must be for
   * @param files finds the file of a package
   * @param threads how many packages to unpack at the same time
   * @param listener receives what a user should know
   */
  public BuildRootUnpacker(
      Path cache,
      BuildHost host,
      Function<Source, Path> files,
      int threads,
      CompileListener listener) {
    this.cache = cache;
    this.host = host;
    this.files = files;
    this.threads = Math.max(1, threads);
    this.listener = listener;
  }

  /** Returns the digest of a build root: of its packages, and of how it is laid out. */
  public static Digest digest(List<Source> packages) {
    StringBuilder all = new StringBuilder();
    packages.stream()
        .map(each -> each.sha256().toString())
        .sorted()
        .forEach(digest -> all.append(digest).append('\n'));
    all.append(RootLayout.DESCRIPTION).append(StepPrograms.DESCRIPTION);
    return Digest.of(all.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns the build root of some packages, which are unpacked if they were not unpacked before,
   * or if the folder no longer has the same content.
   *
   * @param listTrusted whether no step could write to the list of what was unpacked; otherwise the
   *     packages are unpacked again to compare, unless this object did that before
   * @throws io.github.prosodyoci.core.FailureException if a package does not have its digest, is
   *     damaged, or holds what no build root may have; nothing of it is kept then
   * @throws IOException if the folder cannot be written
   * @throws InterruptedException if this thread is interrupted
   */
  public synchronized BuildRoot unpack(List<Source> packages, boolean listTrusted)
      throws IOException, InterruptedException {
    Digest digest = digest(packages);
    BuildRoot before = compared.get(digest);
    if (before != null) {
      return before;
    }
    String name = digest.hex().substring(0, 16);
    Path folder = cache.resolve(name);
    Path list = cache.resolve(name + ".json");
    LockFile lock =
        LockFile.beside(folder, () -> listener.info("Waiting for another build's build root"));
    try (lock) {
      removeRest("." + name);
      boolean changed = false;
      if (listTrusted && Files.isDirectory(folder)) {
        Optional<BuildRootFiles> known = read(list);
        if (known.isPresent() && intact(folder, known.get(), false, false)) {
          return new BuildRoot(folder, host, digest, known.get());
        }
        changed = known.isPresent();
      }
      Path temporary = Files.createTempDirectory(cache, "." + name);
      try {
        Path fresh = temporary.resolve("root");
        unpack(packages, temporary, fresh);
        BuildRootFiles unpacked = BuildRootFiles.of(fresh, threads);
        BuildRootFiles listed = unpacked.identifiedIn(folder);
        if (!Files.isDirectory(folder) || !intact(folder, listed, true, changed)) {
          // Another build that uses the old one keeps it until its end.
          if (Files.exists(folder)) {
            Files.move(folder, temporary.resolve("old"));
          }
          Files.move(fresh, folder);
          listed = unpacked;
        }
        Path written = temporary.resolve("list");
        Json.write(written, listed);
        Files.move(written, list, StandardCopyOption.REPLACE_EXISTING);
        BuildRoot root = new BuildRoot(folder, host, digest, listed);
        compared.put(digest, root);
        return root;
      } catch (IOException e) {
        // Now, as the disk is no longer full when the temporary folder is deleted.
        throw FileFailures.of("unpack", "the build root", temporary, e);
      } finally {
        Folders.delete(temporary);
      }
    }
  }

  /** Removes what a build left that was killed; whoever has the lock is the only one here. */
  private void removeRest(String prefix) throws IOException {
    for (Path each : Folders.list(cache)) {
      if (each.getFileName().toString().startsWith(prefix)) {
        Folders.delete(each);
      }
    }
  }

  private void unpack(List<Source> packages, Path temporary, Path root)
      throws IOException, InterruptedException {
    listener.debug("Unpacking the build root (" + packages.size() + " packages)");
    List<Future<Path>> parts = new ArrayList<>();
    try (Workers workers = new Workers("prosody-compile build root", threads)) {
      for (Source source : packages) {
        parts.add(workers.submit(() -> unpack(source, temporary)));
      }
      for (int i = 0; i < parts.size(); i++) {
        Path part = Workers.await(parts.get(i));
        RootLayout.merge(part, root, packages.get(i).file());
      }
    }
    RootLayout.complete(root);
    BuildRootCheck.machine(root.resolve(RootPrograms.BUSYBOX), host);
  }

  private Path unpack(Source source, Path temporary) throws IOException {
    Path part = temporary.resolve("part-" + source.file());
    // Nobody else has the copy: what is unpacked is what was hashed.
    Path copy = temporary.resolve(source.file());
    try (VerifiedCopy verified = VerifiedCopy.of(files.apply(source), copy, source.sha256());
        InputStream content = verified.content()) {
      RootLayout.extract(content, source.file(), host, part);
    }
    Files.delete(copy);
    return part;
  }

  private Optional<BuildRootFiles> read(Path list) {
    try {
      return Optional.of(Json.read(list, BuildRootFiles.class));
    } catch (IOException e) {
      listener.warn(
          "The list of the build root's files cannot be used ("
              + Reasons.of(e)
              + "): the build root is unpacked again to compare");
      return Optional.empty();
    }
  }

  private boolean intact(Path folder, BuildRootFiles expected, boolean fully, boolean quiet)
      throws IOException {
    Optional<String> changed = expected.difference(folder, fully);
    if (changed.isPresent() && !quiet) {
      listener.warn(
          "The build root was changed since it was unpacked ("
              + folder.resolve(changed.get())
              + "): it is unpacked again");
    }
    return changed.isEmpty();
  }
}
