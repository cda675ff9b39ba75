package io.github.prosodyoci.compile.build;

import static io.github.prosodyoci.compile.Codes.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarWriter;
import io.github.prosodyoci.recipe.Recipe;
import io.github.prosodyoci.recipe.RecipeBook;
import io.github.prosodyoci.recipe.Source;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an attacker who can write to the store, or beside the recipe, gets into a build. */
final class SourceLayoutTest {

  @TempDir private Path folder;
  private BuildFolder work;
  private Path stored;
  private byte[] good;
  private byte[] evil;

  @BeforeEach
  void prepare() throws IOException {
    work = new BuildFolder(folder.resolve("work"));
    work.prepare();
    good = tar("good\n");
    evil = tar("EVIL\n");
    stored = Files.write(folder.resolve("stored"), good);
  }

  private static byte[] tar(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarWriter tar = new TarWriter(bytes)) {
      byte[] content = text.getBytes(StandardCharsets.UTF_8);
      tar.add(TarEntry.file("thing-1.0/text", 0644, content.length, 1), content);
    }
    return bytes.toByteArray();
  }

  private Recipe recipe(String... more) throws IOException {
    Path recipes = Files.createDirectories(folder.resolve("recipes"));
    Files.writeString(
        recipes.resolve("thing.yaml"),
        """
        package: {name: thing, version: '1', description: d, url: u, license: MIT}
        sources:
          - file: thing.tar
            sha256: %s
            origins: ['https://example.org/thing.tar']
        pipeline: [{name: n, run: 'true'}]
        %s
        """
            .formatted(Digest.of(good).hex(), String.join("\n", more)));
    return RecipeBook.read(List.of(recipes)).recipes().get(0);
  }

  private SourceLayout layout(Recipe recipe, Function<Source, Path> finder) {
    return new SourceLayout(recipe, Platform.LINUX_AMD64, finder, work);
  }

  @Test
  void layOut_genuineSource_isCopiedAndUnpacked() throws IOException {
    layout(recipe(), source -> stored).layOut();

    assertThat(work.build().resolve("text")).hasContent("good");
    assertThat(Digest.of(work.sources().resolve("thing.tar"))).isEqualTo(Digest.of(good));
  }

  @Test
  void layOut_sourceSwappedAfterItWasFound_stops() throws IOException {
    SourceLayout layout =
        layout(
            recipe(),
            source -> {
              try {
                // The store has hashed it; now somebody else puts another one there.
                assertThat(Digest.of(stored)).isEqualTo(source.sha256());
                Files.move(
                    Files.write(folder.resolve("evil"), evil),
                    stored,
                    StandardCopyOption.REPLACE_EXISTING);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
              return stored;
            });

    assertFails(CompileCode.SOURCE_CHANGED, layout::layOut)
        .hasMessageContaining("Could not use " + stored)
        .hasMessageContaining("it has " + Digest.of(evil) + "; expected " + Digest.of(good))
        .hasMessageContaining("(source-changed)");
    assertThat(work.sources()).isEmptyDirectory();
    assertThat(work.build()).isEmptyDirectory();
  }

  @Test
  @Timeout(60)
  void layOut_copyAndSourceSwappedWhileItIsCopied_unpacksWhatWasHashed() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Path copy = work.sources().resolve("thing.tar");
    ExecutorService attacker = Executors.newSingleThreadExecutor();
    try {
      Future<?> attack =
          attacker.submit(
              () -> {
                // Opening waits for the reader, which has made the copy's file by then or soon.
                try (OutputStream out = Files.newOutputStream(pipe)) {
                  out.write(good, 0, 512);
                  while (!Files.exists(copy)) {
                    Thread.sleep(1);
                  }
                  for (Path place : List.of(copy, stored)) {
                    Files.move(
                        Files.write(folder.resolve("evil"), evil),
                        place,
                        StandardCopyOption.REPLACE_EXISTING);
                  }
                  out.write(good, 512, good.length - 512);
                }
                return null;
              });

      layout(recipe(), source -> pipe).layOut();
      attack.get();
    } finally {
      attacker.shutdownNow();
    }

    assertThat(Files.readAllBytes(copy)).isEqualTo(evil);
    assertThat(work.build().resolve("text")).hasContent("good");
  }

  @Test
  void layOut_patchChangedSinceTheRecipeWasRead_stops() throws IOException {
    Path side = Files.createDirectories(folder.resolve("recipes/thing"));
    Path patch = side.resolve("fix.patch");
    Files.writeString(patch, "--- a/text\n+++ b/text\n@@ -1 +1 @@\n-good\n+better\n");
    Recipe recipe = recipe("patches: [fix.patch]");
    layout(recipe, source -> stored).layOut();
    assertThat(work.build().resolve("text")).hasContent("better");

    work.prepare();
    Files.writeString(patch, "--- a/text\n+++ b/text\n@@ -1 +1 @@\n-good\n+EVIL\n");

    assertFails(CompileCode.SOURCE_CHANGED, () -> layout(recipe, source -> stored).layOut())
        .hasMessageContaining("Could not use " + patch)
        .hasMessageContaining("(source-changed)");
    assertThat(work.build()).isEmptyDirectory();
  }

  @Test
  void layOut_patchThatDoesNotApply_namesRecipeAndPatch() throws IOException {
    Path side = Files.createDirectories(folder.resolve("recipes/thing"));
    Files.writeString(
        side.resolve("fix.patch"), "--- a/text\n+++ b/text\n@@ -1 +1 @@\n-other\n+better\n");
    Recipe recipe = recipe("patches: [fix.patch]");

    assertFails(CompileCode.PATCH, () -> layout(recipe, source -> stored).layOut())
        .hasMessageContaining("thing.yaml: hunk 1 of b/text");
  }

  @Test
  void prepare_workFolder_isClosedToOtherUsers() throws IOException {
    assertThat(Files.getPosixFilePermissions(work.root()))
        .hasSize(3)
        .allMatch(permission -> permission.name().startsWith("OWNER_"));
  }
}
