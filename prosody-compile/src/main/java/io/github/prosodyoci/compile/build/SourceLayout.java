package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.compile.source.Unpacker;
import io.github.prosodyoci.compile.source.VerifiedCopy;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.patch.FolderTree;
import io.github.prosodyoci.core.patch.Patcher;
import io.github.prosodyoci.core.patch.UnifiedDiff;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.Recipe;
import io.github.prosodyoci.recipe.Source;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * Puts a recipe's sources into its build folder: copies them, unpacks the archives and applies the
 * patches. Each file is hashed while it is copied, and only that copy is unpacked or applied.
 */
final class SourceLayout {

  private final Recipe recipe;
  private final Platform platform;
  private final Function<Source, Path> sources;
  private final BuildFolder folder;

  SourceLayout(
      Recipe recipe, Platform platform, Function<Source, Path> sources, BuildFolder folder) {
    this.recipe = recipe;
    this.platform = platform;
    this.sources = sources;
    this.folder = folder;
  }

  /**
   * Fills the build folder.
   *
   * @throws io.github.prosodyoci.core.FailureException if a source has changed since it was
   *     verified, an archive leads out of the build folder, or a patch does not apply
   * @throws IOException if a file cannot be read or written
   */
  void layOut() throws IOException {
    for (var side : recipe.sideFiles().entrySet()) {
      Path target = folder.sources().resolve(side.getKey());
      Files.createDirectories(target.toAbsolutePath().getParent());
      VerifiedCopy.of(recipe.sideFolder().resolve(side.getKey()), target, side.getValue()).close();
    }
    for (DeclaredSource declared : recipe.sourcesFor(platform.apkArchitecture())) {
      layOut(declared);
    }
    for (String patch : recipe.patches()) {
      apply(patch);
    }
  }

  private void layOut(DeclaredSource declared) throws IOException {
    String name = declared.source().file();
    Path file = sources.apply(declared.source());
    try (VerifiedCopy copy =
        VerifiedCopy.of(file, folder.sources().resolve(name), declared.source().sha256())) {
      String where = declared.unpack().orElse(".");
      if (where.equals("none") || !Unpacker.isArchive(name)) {
        return;
      }
      Path target = folder.build().resolve(where).normalize();
      if (!target.startsWith(folder.build())) {
        throw Failure.of(
                CompileCode.SOURCE_ARCHIVE,
                "unpack",
                name,
                "'unpack' leads out of the build folder: " + where)
            .at(declared.where())
            .toException();
      }
      try (InputStream content = copy.content()) {
        Unpacker.unpack(content, name, folder.build(), folder.build().relativize(target));
      }
    }
  }

  private void apply(String patch) throws IOException {
    // One char per byte: a patch changes bytes, whatever their encoding.
    String text = new String(patchText(patch), StandardCharsets.ISO_8859_1);
    try {
      new Patcher(new FolderTree(folder.build())).apply(UnifiedDiff.parse(text));
    } catch (FailureException e) {
      throw Failure.of(
              CompileCode.PATCH, "apply", patch + " of " + recipe.file(), e.failure().found())
          .advising("Check that the patch belongs to this version.")
          .toException(e);
    }
  }

  /** Returns a patch's bytes: of a file in the build folder, or of one beside the recipe. */
  private byte[] patchText(String patch) throws IOException {
    Path unpacked = folder.build().resolve(patch);
    if (Files.isRegularFile(unpacked)) {
      return Files.readAllBytes(unpacked);
    }
    Path copy = folder.sources().resolve(patch);
    if (!Files.isRegularFile(copy)) {
      throw Failure.of(
              CompileCode.PATCH,
              "apply",
              patch + " of " + recipe.file(),
              "it is neither in the build folder nor beside the recipe")
          .advising("Correct its path.")
          .toException();
    }
    byte[] bytes = Files.readAllBytes(copy);
    Digest expected = recipe.sideFiles().get(patch);
    if (expected != null && !Digest.of(bytes).equals(expected)) {
      throw VerifiedCopy.changed(copy, expected.toString(), Digest.of(bytes).toString());
    }
    return bytes;
  }
}
