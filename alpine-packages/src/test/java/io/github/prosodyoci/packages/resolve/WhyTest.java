package io.github.prosodyoci.packages.resolve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.packages.apk.Checksums;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.PackageInfo;
import io.github.prosodyoci.packages.apk.PackageInfoBuilder;
import io.github.prosodyoci.packages.index.IndexEntry;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class WhyTest {

  private static final List<Repository> REPOSITORIES =
      List.of(
          new Repository(
              "main",
              "",
              List.of(
                  entry(PackageInfo.builder("server", "1", "x86_64").depends("tls", "so:z.so=1")),
                  entry(PackageInfo.builder("tls", "1", "x86_64").depends("so:z.so")),
                  entry(PackageInfo.builder("zlib", "1", "x86_64").provides("so:z.so=1")),
                  entry(PackageInfo.builder("tls-doc", "1", "x86_64").installIf("tls=1", "docs")),
                  entry(PackageInfo.builder("docs", "1", "x86_64")),
                  entry(PackageInfo.builder("old", "1", "x86_64").depends("tls<1")),
                  entry(PackageInfo.builder("rival", "1", "x86_64").depends("!tls")),
                  entry(PackageInfo.builder("calm", "1", "x86_64")))));

  private static IndexEntry entry(PackageInfoBuilder builder) {
    PackageInfo info = builder.build();
    return new IndexEntry(
        info, Checksums.q1(info.name().getBytes(StandardCharsets.UTF_8)), 1, true);
  }

  private static Solution resolve(String... world) {
    return new Resolver(REPOSITORIES).resolve(Arrays.stream(world).map(Dependency::parse).toList());
  }

  @Test
  void explain_goesUpToTheWorld() {
    assertThat(Why.explain(resolve("server", "docs"), REPOSITORIES, "zlib"))
        .containsExactly(
            "zlib-1, from main",
            "  tls needs so:z.so",
            "    server needs it",
            "      the world asks for server",
            "  server needs so:z.so=1",
            "    the world asks for server");
  }

  @Test
  void resolve_packages_comeAfterWhatTheyNeed() {
    assertThat(resolve("server", "docs").packages())
        .extracting(Selected::name)
        .containsExactly("docs", "zlib", "tls", "server", "tls-doc");
  }

  @Test
  void explain_providedName_namesItsPackage() {
    assertThat(Why.explain(resolve("tls"), REPOSITORIES, "so:z.so"))
        .startsWith("zlib-1 provides so:z.so, from main");
  }

  @Test
  void explain_followers() {
    assertThat(Why.explain(resolve("tls", "docs"), REPOSITORIES, "tls-doc"))
        .containsExactly(
            "tls-doc-1, from main", "  comes by itself (install_if) with tls and docs");
  }

  @Test
  void explain_absentPackage_saysWhoHasIt() {
    assertThat(Why.explain(resolve("docs"), REPOSITORIES, "zlib"))
        .containsExactly("zlib is not chosen: nothing asks for it. Repositories have zlib-1.");
    assertThat(Why.explain(resolve("docs"), REPOSITORIES, "nothing"))
        .containsExactly(
            "nothing is not chosen: nothing asks for it. No repository has it either.");
  }

  @Test
  void resolve_impossibleWorld_namesTheSmallestCollidingSet() {
    assertThatThrownBy(() -> resolve("calm", "docs", "rival", "server"))
        .isInstanceOf(FailureException.class)
        .hasMessage(
            "Could not choose packages for the world: rival server cannot be installed together:"
                + " rival-1 conflicts with tls; server-1 needs tls (unsatisfiable). Change these"
                + " entries, or add a repository that has what is missing.");
    assertThatThrownBy(() -> resolve("calm", "old"))
        .hasMessageContaining(
            "the world: old cannot be installed: old-1 needs tls<1, but there is only tls-1");
    assertThatThrownBy(() -> resolve("calm", "zlib@edge"))
        .hasMessageContaining("zlib@edge asks for a repository with the tag @edge");
  }
}
