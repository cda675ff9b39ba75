package io.github.prosodyoci.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Folders;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.apk.Apk;
import io.github.prosodyoci.packages.apk.PackageFile;
import io.github.prosodyoci.packages.apk.PackageInfo;
import io.github.prosodyoci.packages.apk.PackageWriter;
import io.github.prosodyoci.packages.apk.Signer;
import io.github.prosodyoci.packages.apk.TrustedKeys;
import io.github.prosodyoci.packages.index.IndexWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recipes that are built against packages of a repository, as Alpine's own are. */
@Tag("slow")
final class SysrootRepositoriesTest {

  private static Signer signer;

  @TempDir private Path folder;
  private final List<Path> packages = new ArrayList<>();
  private Project project;

  @BeforeAll
  static void makeKey() {
    signer = Signer.generate("alpine.rsa.pub", 2048);
  }

  @BeforeEach
  void createProject() throws IOException {
    project = new Project(folder.resolve("project"));
    project.repositories = world -> List.of(repository());
  }

  @AfterEach
  void deleteProject() throws IOException {
    // JUnit warns of each link that a build folder holds.
    Folders.delete(folder);
    Files.createDirectory(folder);
  }

  private PackageRepository repository() throws IOException {
    Path root = folder.resolve("alpine");
    new IndexWriter(signer).write(root.resolve("x86_64/APKINDEX.tar.gz"), packages, "test");
    return PackageRepository.open("alpine", "", root, Platform.LINUX_AMD64, TrustedKeys.of(signer));
  }

  private void add(String name, String version, List<String> depends, Map<String, String> files)
      throws IOException {
    PackageInfo info =
        PackageInfo.builder(name, version, "x86_64")
            .depends(depends.toArray(String[]::new))
            .build();
    Path file = folder.resolve("alpine/x86_64").resolve(info.fileName());
    Map<String, PackageFile> entries = new TreeMap<>();
    for (Map.Entry<String, String> each : files.entrySet()) {
      byte[] content = each.getValue().getBytes(StandardCharsets.UTF_8);
      for (int slash = each.getKey().indexOf('/');
          slash > 0;
          slash = each.getKey().indexOf('/', slash + 1)) {
        String parent = each.getKey().substring(0, slash);
        entries.put(parent, PackageFile.of(TarEntry.directory(parent, 0755, 0)));
      }
      entries.put(
          each.getKey(),
          PackageFile.of(TarEntry.file(each.getKey(), 0644, content.length, 0), content));
    }
    new PackageWriter(signer).write(file, info, Map.of(), List.copyOf(entries.values()));
    packages.add(file);
  }

  private Path built(String file) throws IOException {
    Path target = folder.resolve("out-" + file);
    Apk.read(project.apk(file)).extract(target);
    return target;
  }

  @Test
  void compile_needsPackagesOfRepository_findsThemAndAllTheyNeedInTheSysroot() throws Exception {
    add("musl-dev", "1.2.5-r9", List.of("musl=1.2.5-r9"), Map.of("usr/include/stdio.h", "io"));
    add("musl", "1.2.5-r9", List.of(), Map.of("lib/libc", "c"));
    add("unused", "1-r0", List.of(), Map.of("usr/unused", ""));
    project.recipe(
        "a",
        "mkdir -p \"$DESTDIR\"/usr; cd \"$SYSROOT\"; cat usr/include/stdio.h lib/libc >"
            + " \"$DESTDIR\"/usr/a; test ! -e usr/unused",
        "build-dependencies: [musl-dev]");

    project.compile();

    assertThat(built("a-1.0-r0.apk").resolve("usr/a")).hasContent("ioc");
  }

  @Test
  void compile_recipeAndRepositoryMakeTheSame_takesTheRecipes() throws Exception {
    add("lib-dev", "9-r0", List.of(), Map.of("usr/lib.h", "theirs"));
    project.recipe("lib-dev", "mkdir -p \"$DESTDIR\"/usr; echo ours > \"$DESTDIR\"/usr/lib.h");
    project.recipe(
        "a",
        "mkdir -p \"$DESTDIR\"/usr; cp \"$SYSROOT\"/usr/lib.h \"$DESTDIR\"/usr/a",
        "build-dependencies: [lib-dev]");

    project.compile();

    assertThat(built("a-1.0-r0.apk").resolve("usr/a")).hasContent("ours");
  }

  @Test
  void compile_packageOfRepositoryChanges_buildsAgainWhatIsBuiltAgainstIt() throws Exception {
    add("x-dev", "1-r0", List.of(), Map.of("usr/x", "1"));
    project.recipe("a", "mkdir -p \"$DESTDIR\"/usr/a", "build-dependencies: [x-dev]");
    project.recipe("b", "mkdir -p \"$DESTDIR\"/usr/b");
    project.compile();
    assertThat(project.compile().builtRecipes()).isZero();

    packages.clear();
    add("x-dev", "1-r1", List.of(), Map.of("usr/x", "2"));

    assertThat(project.compile().builtRecipes()).isEqualTo(1);
  }

  @Test
  void compile_repositoryLacksIt_saysWhat() throws Exception {
    add("x-dev", "1-r0", List.of("nowhere"), Map.of());
    project.recipe("a", "true", "build-dependencies: [x-dev]");

    assertThatThrownBy(project::compile)
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("x-dev")
        .hasMessageContaining("nowhere");
  }

  @Test
  void compile_compilerRuntimeAsInAlpine_isFoundByTheCompiler() throws Exception {
    add(
        "compiler-rt",
        "21.1.8-r0",
        List.of(),
        Map.of(
            "usr/lib/llvm21/lib/clang/21/lib/linux/libclang_rt.builtins-x86_64.a", "builtins",
            "usr/lib/llvm21/lib/clang/21/lib/x86_64-alpine-linux-musl/clang_rt.crtbegin.o", "begin",
            "usr/lib/llvm21/lib/clang/21/lib/linux/clang_rt.crtend-x86_64.o", "end",
            "usr/lib/llvm21/lib/clang/21/lib/linux/clang_rt.crtend-i386.o", "other"));
    project.recipe(
        "a",
        "mkdir -p \"$DESTDIR\"/usr; cd \"$SYSROOT\"/usr/lib/clang/lib/linux;"
            + " cat libclang_rt.builtins-x86_64.a clang_rt.crtbegin-x86_64.o"
            + " clang_rt.crtend-x86_64.o > \"$DESTDIR\"/usr/a",
        "build-dependencies: [compiler-rt]");

    project.compile();

    assertThat(built("a-1.0-r0.apk").resolve("usr/a")).hasContent("builtinsbeginend");
  }
}
