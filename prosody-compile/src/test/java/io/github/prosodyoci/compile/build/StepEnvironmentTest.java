package io.github.prosodyoci.compile.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.compile.TestRoot;
import io.github.prosodyoci.compile.run.Sandbox;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.recipe.Recipe;
import io.github.prosodyoci.recipe.RecipeBook;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StepEnvironmentTest {

  @TempDir private Path folder;
  private BuildFolder work;

  @BeforeEach
  void prepare() throws IOException {
    work = new BuildFolder(folder.resolve("w"));
    work.prepare();
  }

  /** Shows the build's folder at a place of its own, and runs programs as a shell does. */
  private final class Elsewhere implements Sandbox {
    @Override
    public List<String> prefix(Path directory) {
      return List.of("/bin/sh", "-c", "cd '" + directory + "'; exec \"$@\"", "it's a sandbox");
    }

    @Override
    public Path inside(Path file) {
      return Path.of("/place").resolve(work.root().relativize(file));
    }

    @Override
    public boolean isIsolated() {
      return true;
    }
  }

  private Recipe recipe(String more) throws IOException {
    Path recipes = Files.createDirectories(folder.resolve("recipes"));
    Files.writeString(
        recipes.resolve("thing.yaml"),
        """
        package: {name: thing, version: '1.2', description: d, url: u, license: MIT}
        pipeline: [{name: n, run: 'true'}]
        """
            + more);
    return RecipeBook.read(List.of(recipes)).recipes().get(0);
  }

  private Map<String, String> environment(String more) throws IOException {
    return StepEnvironment.of(
        recipe(more), Platform.LINUX_ARM64, work, new Elsewhere(), 3, 1_700_000_000L);
  }

  @Test
  void of_anyRecipe_hasWhatIsDocumentedAndNothingElse() throws IOException {
    assertThat(environment(""))
        .containsOnly(
            Map.entry("AR", "ar"),
            Map.entry("ARCH", "aarch64"),
            Map.entry("BYTE_ORDER", "little"),
            Map.entry("CC", "cc"),
            Map.entry("CFLAGS", "-Os"),
            Map.entry("CONFIG_SHELL", "/place/bin/sh"),
            Map.entry("DESTDIR", "/place/dest"),
            Map.entry("HOME", "/place/home"),
            Map.entry("JOBS", "3"),
            Map.entry("LC_ALL", "C"),
            Map.entry("LD", "ld"),
            Map.entry("LDFLAGS", ""),
            Map.entry("MUSL_ARCH", "aarch64"),
            Map.entry("NM", "nm"),
            Map.entry("OBJCOPY", "objcopy"),
            Map.entry("OPENSSL_TARGET", "linux-aarch64"),
            Map.entry("PERL", "perl"),
            Map.entry("PATH", "/place/bin"),
            Map.entry("RANLIB", "ranlib"),
            Map.entry("READELF", "readelf"),
            Map.entry("SOURCES", "/place/sources"),
            Map.entry("SOURCE_DATE_EPOCH", "1700000000"),
            Map.entry("STRIP", "strip"),
            Map.entry("SYSROOT", "/place/sysroot"),
            Map.entry("TMPDIR", "/place/tmp"),
            Map.entry("TRIPLE", "aarch64-linux-musl"),
            Map.entry("TZ", "UTC"),
            Map.entry("VERSION", "1.2"),
            Map.entry("WORD_SIZE", "64"));
  }

  @Test
  void of_recipeWithItsOwn_overridesAndGetsHostcc() throws IOException {
    assertThat(
            environment("build-host-dependencies: [thing-dev]\nenvironment: {CFLAGS: -O3, X: y}\n"))
        .containsEntry("CFLAGS", "-O3")
        .containsEntry("X", "y")
        .containsEntry("HOSTCC", "hostcc");
  }

  @Test
  void writeShell_script_runsACommandInTheEnvironmentAndNoOther() throws Exception {
    StepEnvironment.writeShell(
        Map.of("PATH", "/usr/bin:/bin", "ODD", "it's \"$HOME\""),
        new Elsewhere(),
        work,
        TestRoot.shared().busybox());

    ProcessBuilder builder =
        new ProcessBuilder(
                work.enter().toString(), "/bin/sh", "-c", "pwd; echo \"$ODD\"; echo \"[$SECRET]\"")
            .redirectErrorStream(true);
    builder.environment().put("SECRET", "canary");
    Process process = builder.start();

    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo(work.build().toRealPath() + "\nit's \"$HOME\"\n[]\n");
    assertThat(process.waitFor()).isZero();
  }
}
