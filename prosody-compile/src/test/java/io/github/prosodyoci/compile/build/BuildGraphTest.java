package io.github.prosodyoci.compile.build;

import static io.github.prosodyoci.compile.Codes.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.recipe.BuildRootSpec;
import io.github.prosodyoci.recipe.RecipeBook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BuildGraphTest {

  @TempDir private Path folder;

  private void recipe(String name, String... more) throws IOException {
    Files.writeString(
        folder.resolve(name + ".yaml"),
        """
        package:
          {name: %s, version: '1', description: d, url: u, license: MIT}
        pipeline: [{name: n, run: 'true'}]
        %s
        """
            .formatted(name, String.join("\n", more)));
  }

  private BuildGraph graph(Platform... targets) throws IOException {
    return BuildGraph.of(RecipeBook.read(List.of(folder)), List.of(targets), Platform.LINUX_AMD64);
  }

  private static List<String> names(BuildGraph graph) {
    return graph.nodes().keySet().stream().map(BuildGraph.Node::toString).toList();
  }

  @Test
  void of_dependencies_comeFirst() throws IOException {
    recipe("a", "build-dependencies: [c-dev]");
    recipe("b", "build-dependencies: [a]");
    recipe(
        "c",
        "subpackages:",
        "  - {name: c-dev, description: d, files: ['**'], dependencies: {runtime: [d>=1]}}");
    recipe("d");

    assertThat(names(graph(Platform.LINUX_AMD64)))
        .containsExactly("c (x86_64)", "d (x86_64)", "a (x86_64)", "b (x86_64)");
  }

  @Test
  void of_hostDependencies_areBuiltForTheMachine() throws IOException {
    recipe("busybox", "build-dependencies: [musl]", "build-host-dependencies: [musl]");
    recipe("musl");

    assertThat(names(graph(Platform.LINUX_ARM64)))
        .containsExactly("musl (aarch64)", "musl (x86_64)", "busybox (aarch64)");
    assertThat(names(graph(Platform.LINUX_AMD64)))
        .containsExactly("musl (x86_64)", "busybox (x86_64)");
  }

  @Test
  void of_severalPlatforms_buildsHostProgramsOnce() throws IOException {
    recipe("busybox", "build-dependencies: [musl]", "build-host-dependencies: [musl]");
    recipe("musl");

    assertThat(names(graph(Platform.LINUX_ARM64, Platform.LINUX_S390X)))
        .containsExactly(
            "musl (aarch64)",
            "musl (x86_64)",
            "busybox (aarch64)",
            "musl (s390x)",
            "busybox (s390x)");
  }

  @Test
  void of_cycle_namesEachStepWithFileAndLine() throws IOException {
    recipe("a", "build-dependencies: [b]");
    recipe("b", "build-dependencies:", "  - c");
    recipe("c", "build-dependencies: [a]");
    recipe("d");

    assertFails(CompileCode.DEPENDENCY_CYCLE, () -> graph(Platform.LINUX_AMD64))
        .hasMessageContaining("a needs b (" + folder + "/a.yaml:4)")
        .hasMessageContaining("b needs c (" + folder + "/b.yaml:5)")
        .hasMessageContaining("c needs a (" + folder + "/c.yaml:4)")
        .hasMessageNotContaining("d needs");
  }

  @Test
  void of_recipeNeedsItself_isACycle() throws IOException {
    recipe("a", "build-dependencies: [a]");

    assertThatThrownBy(() -> graph(Platform.LINUX_AMD64))
        .hasMessageContaining("cycle: a needs a (");
  }

  @Test
  void checkComplete_unknownDependency_namesLineAndGuess() throws IOException {
    recipe("a", "build-dependencies: [musl-dve]");
    recipe("musl", "subpackages: [{name: musl-dev, description: d, files: ['**']}]");

    RecipeBook book = RecipeBook.read(List.of(folder));
    BuildGraph graph = graph(Platform.LINUX_AMD64);
    assertThat(graph.world()).containsOnlyKeys("musl-dve");
    assertFails(CompileCode.PACKAGE_MISSING, () -> graph.checkComplete(book))
        .hasMessageStartingWith(
            "Could not find musl-dve ("
                + folder.resolve("a.yaml:4")
                + "): no recipe makes this package (did you mean musl-dev?) (package-missing). ");
  }

  @Test
  void of_dependenciesThatNoRecipeMakes_areTheWorld() throws IOException {
    recipe("a", "build-dependencies: [musl-dev, b-dev]");
    recipe(
        "b",
        "subpackages:",
        "  - {name: b-dev, description: d, files: ['**'], dependencies: {runtime: [openssl-dev>=3]}}");

    assertThat(graph(Platform.LINUX_AMD64).world()).containsOnlyKeys("musl-dev", "openssl-dev");
    assertThat(names(graph(Platform.LINUX_AMD64))).containsExactly("b (x86_64)", "a (x86_64)");
  }

  @Test
  void read_twoRecipesMakeOnePackage_namesBoth() throws IOException {
    recipe("a", "subpackages: [{name: b, description: d, files: ['**']}]");
    recipe("b");

    assertThatThrownBy(() -> graph(Platform.LINUX_AMD64))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("a.yaml:4")
        .hasMessageContaining("b.yaml:2")
        .hasMessageContaining("the package b is made at");
  }

  @Test
  void sources_ofTheBuildRoot_areThoseOfTheHostAndOfAll() throws IOException {
    Files.writeString(
        folder.resolve("build-root.yaml"),
        """
        build-root: {name: test, version: '1'}
        sources:
          - {file: a.deb, host: linux-x86_64, sha256: %1$s, origins: ['debian:make/make_1_amd64.deb']}
          - {file: b.deb, sha256: %1$s, origins: ['debian:perl/perl_1_all.deb']}
        """
            .formatted("0".repeat(64)));
    BuildRootSpec root = RecipeBook.read(List.of(folder)).buildRoot().orElseThrow();

    assertThat(root.sources(BuildHost.LINUX_X86_64))
        .extracting(each -> each.source().file())
        .containsExactly("a.deb", "b.deb");
    assertThatThrownBy(() -> root.sources(BuildHost.LINUX_ARM64))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("Could not build on linux-arm64")
        .hasMessageContaining("build-root.yaml:1")
        .hasMessageContaining("only for linux-x86_64");
  }

  @Test
  void read_noRecipeAtAll_isRefused() throws IOException {
    Files.writeString(folder.resolve("x.yaml"), "hello: world\n");

    assertThatThrownBy(() -> RecipeBook.read(List.of(folder)))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("x.yaml:1): the key 'package' is missing");
  }
}
