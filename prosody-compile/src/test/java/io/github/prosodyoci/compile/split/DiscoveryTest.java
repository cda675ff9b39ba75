package io.github.prosodyoci.compile.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.compile.elf.TinyElf;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.recipe.Recipe;
import io.github.prosodyoci.recipe.RecipeDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DiscoveryTest {

  @TempDir private Path root;
  private Recipe recipe;

  @BeforeEach
  void createRecipe() throws IOException {
    recipe =
        RecipeDocument.parse(
                root.resolve("foo.yaml"),
                """
                package:
                  {name: foo, version: '1.2', description: x, url: u, license: MIT}
                pipeline: [{name: n, run: r}]
                subpackages:
                  - {name: foo-dev, description: d, files: [usr/lib/*.so, usr/lib/pkgconfig/**]}
                """)
            .recipe();
  }

  private void file(String path, byte[] content) throws IOException {
    Path file = root.resolve("dest").resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void link(String path, String target) throws IOException {
    Path file = root.resolve("dest").resolve(path);
    Files.createDirectories(file.getParent());
    Files.createSymbolicLink(file, Path.of(target));
  }

  private Map<String, Discovery.Found> find() throws IOException {
    return Discovery.of(recipe, PackageSplit.of(recipe, InstalledTree.scan(root.resolve("dest"))));
  }

  @Test
  void of_library_isProvidedWithVersionOfItsFile() throws IOException {
    file(
        "usr/lib/libfoo.so.1.4.2",
        new TinyElf().soname("libfoo.so.1").needed("libc.musl-x86_64.so.1").bytes());
    link("usr/lib/libfoo.so.1", "libfoo.so.1.4.2");
    link("usr/lib/libfoo.so", "libfoo.so.1.4.2");

    Map<String, Discovery.Found> found = find();

    assertThat(found.get("foo").provides()).containsExactly("so:libfoo.so.1=1.4.2");
    assertThat(found.get("foo").depends()).containsOnlyKeys("so:libc.musl-x86_64.so.1");
    assertThat(found.get("foo-dev").provides()).isEmpty();
    assertThat(found.get("foo-dev").depends()).containsOnlyKeys("foo=1.2-r0");
  }

  @Test
  void of_loader_isProvidedWithVersionOfItsSoname() throws IOException {
    file("lib/ld-musl-x86_64.so.1", new TinyElf().soname("libc.musl-x86_64.so.1").bytes());
    file("usr/lib/libx.so", new TinyElf().bytes());

    assertThat(find().get("foo").provides()).containsExactly("so:libc.musl-x86_64.so.1=1");
  }

  @Test
  void of_module_isNotProvidedButNeeds() throws IOException {
    file("usr/lib/lua/5.4/ssl.so", new TinyElf().needed("libssl.so.3").bytes());
    file("usr/lib/libfoo.so", new TinyElf().bytes());

    assertThat(find().get("foo").provides()).isEmpty();
    assertThat(find().get("foo").depends())
        .containsEntry("so:libssl.so.3", "usr/lib/lua/5.4/ssl.so");
  }

  @Test
  void of_commands_areProvided() throws IOException {
    file("usr/bin/foo", new TinyElf().needed("libown.so").bytes());
    file("usr/lib/libown.so.7", new TinyElf().soname("libown.so").bytes());
    file("usr/lib/libfoo.so", new TinyElf().bytes());
    link("bin/bar", "/usr/bin/foo");

    assertThat(find().get("foo").provides())
        .containsExactly("cmd:bar=1.2-r0", "cmd:foo=1.2-r0", "so:libown.so=7");
    assertThat(find().get("foo").depends()).isEmpty();
  }

  @Test
  void of_pkgConfig_providesAndRequires() throws IOException {
    file(
        "usr/lib/pkgconfig/foo.pc",
        """
        prefix=/usr
        ver=3.1
        Name: foo
        Version: ${ver}
        Requires: bar >= 2.0, baz
        Requires.private: foo-own
        """
            .getBytes(java.nio.charset.StandardCharsets.UTF_8));
    file("usr/lib/pkgconfig/foo-own.pc", "Version: 1 beta\n".getBytes());

    Discovery.Found dev = find().get("foo-dev");

    assertThat(dev.provides()).containsExactly("pc:foo-own", "pc:foo=3.1");
    assertThat(dev.depends()).containsOnlyKeys("pc:bar>=2.0", "pc:baz");
  }

  @Test
  void check_nobodyProvidesLibrary_namesFileAndLibrary() throws IOException {
    file("usr/bin/foo", new TinyElf().needed("libssl.so.3").bytes());
    file("usr/lib/libfoo.so", new TinyElf().bytes());
    Map<String, Discovery.Found> found = find();

    assertThatThrownBy(() -> Discovery.check(recipe, found, Set.of("so:libc.so")))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("/usr/bin/foo needs so:libssl.so.3");
    Discovery.check(recipe, found, Set.of("so:libssl.so.3"));
  }
}
