package io.github.prosodyoci.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Place;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RecipeReaderTest {

  private static final String GOOD =
      """
      package:
        name: lua5.4
        version: 5.4.10
        release: 2
        description: A language
        url: https://www.lua.org/
        license: MIT
        dependencies:
          runtime: [busybox, "so:libc.so"]
          provides: [lua]
          provider-priority: 400
        scripts:
          pre-install: |
            #!/bin/sh
            exit 0
      build-dependencies: [musl-dev]
      build-host-dependencies: [musl-dev]
      environment:
        CFLAGS: -O2
        YES: yes
      pipeline:
        - name: build
          run: |
            make -j$JOBS
      ownership:
        - path: var/lib/lua/
          owner: "root:101"
          mode: "0750"
      subpackages:
        - name: lua5.4-dev
          description: Headers
          files: [usr/include/**]
      """;

  private static Recipe read(String text) throws IOException {
    return RecipeDocument.parse(Path.of("/recipes/lua.yaml"), text).recipe();
  }

  @Test
  void read_completeRecipe_givesEachValue() throws IOException {
    Recipe recipe = read(GOOD);

    assertThat(recipe.name()).isEqualTo("lua5.4");
    assertThat(recipe.packageVersion()).isEqualTo("5.4.10-r2");
    assertThat(recipe.main().runtime()).containsExactly("busybox", "so:libc.so");
    assertThat(recipe.main().providerPriority()).isEqualTo(400);
    assertThat(recipe.cpe()).isEmpty();
    assertThat(recipe.main().scripts()).containsOnlyKeys("pre-install");
    assertThat(recipe.buildDependencies())
        .containsExactly(new Requirement("musl-dev", new Place(Path.of("/recipes/lua.yaml"), 16)));
    assertThat(recipe.environment()).containsEntry("YES", "yes");
    assertThat(recipe.pipeline().get(0).run()).isEqualTo("make -j$JOBS\n");
    assertThat(recipe.ownership().get(0).path()).isEqualTo("var/lib/lua");
    assertThat(recipe.ownership().get(0).user()).isEqualTo("0");
    assertThat(recipe.ownership().get(0).mode()).contains(0750);
    assertThat(recipe.packages()).extracting(PackageSpec::name).contains("lua5.4-dev");
    assertThat(recipe.sideFolder()).isEqualTo(Path.of("/recipes/lua"));
  }

  @Test
  void read_cpe_isVendorAndProductAndLeavesTheContent() throws IOException {
    Recipe named = read(GOOD.replace("license: MIT\n", "license: MIT\n  cpe: lua:lua\n"));

    assertThat(named.cpe()).contains("lua:lua");
    assertThat(named.content("x86_64")).isEqualTo(read(GOOD).content("x86_64"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'  license: MIT\n' | '' | lua.yaml:2): the key 'license' is missing",
        "'  license: MIT' | '  licence: MIT' | lua.yaml:7): unknown key 'licence'",
        "'license: MIT' | 'license: MIT\n  cpe: lua' | lua.yaml:8): 'cpe' is 'lua'; expected vendor:product",
        "'release: 2' | 'release: two' | lua.yaml:4): 'release' is 'two'; expected a whole number",
        "'version: 5.4.10' | 'version: v5' | lua.yaml:3): 'version' is 'v5'; expected a version",
        "'version: 5.4.10' | 'version: 5..4' | lua.yaml:3): 'version' is '5..4'; expected a version",
        "'name: lua5.4\n' | 'name: ../lua\n' | lua.yaml:2): 'name' is '../lua'; expected the name of a package",
        "'    run: |' | '    script: |' | lua.yaml:23): unknown key 'script'",
        "'  - name: build' | '  - title: build' | lua.yaml:22): unknown key 'title'",
        "'owner: \"root:101\"' | 'owner: root' | lua.yaml:27): 'owner' is 'root'; expected user:group",
        "'mode: \"0750\"' | 'mode: rwx' | lua.yaml:28): 'mode' is 'rwx'; expected octal",
        "'path: var/lib/lua/' | 'path: ../etc' | lua.yaml:26): '../etc' is not a relative path",
        "'name: lua5.4-dev' | 'name: lua5.4' | lua.yaml:30): this recipe has another package lua5.4",
        "'pre-install: |' | 'preinstall: |' | lua.yaml:13): unknown key 'preinstall'; expected one of",
        "'[busybox,' | '[\"busybox >> 1\",' | lua.yaml:9): 'busybox >> 1' is not a dependency",
        "'[usr/include/**]' | '[\"{a\"]' | lua.yaml:32): '{a' is not a pattern",
        "'[busybox,' | '[busybox@,' | lua.yaml:9): 'busybox@' is not a dependency",
        "'[usr/include/**]' | '[/usr/**]' | lua.yaml:32): '/usr/**' starts with /",
        "'[musl-dev]' | '[\"musl dev\"]' | lua.yaml:16): 'musl dev' is not the name of a package",
      })
  void read_badValue_isRefusedWithLine(String old, String bad, String message) {
    assertThat(GOOD).contains(old);

    assertThatThrownBy(() -> read(GOOD.replace(old, bad)))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("Could not read lua.yaml (/recipes/lua.yaml:")
        .hasMessageContaining(message)
        .hasMessageContaining("docs/recipes.md");
  }

  @Test
  void content_originsAndComments_doNotMatter() throws IOException {
    String source =
        """
        sources:
          - file: a.tar
            sha256: %s
            origins: ['https://%s/a.tar']
        """;
    String one = GOOD + source.formatted("0".repeat(64), "one.example");
    String two = "# hello\n" + GOOD + source.formatted("0".repeat(64), "two.example");
    String three = GOOD + source.formatted("1".repeat(64), "one.example");

    assertThat(read(one).content("x86_64")).isEqualTo(read(two).content("x86_64"));
    assertThat(read(one).content("x86_64")).isNotEqualTo(read(three).content("x86_64"));
  }
}
