package io.github.prosodyoci.compile;

import static io.github.prosodyoci.compile.Codes.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.compile.elf.TinyElf;
import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.compile.source.TestDeb;
import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Folders;
import io.github.prosodyoci.core.archive.TarEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The build root between the recipes that use it. Its llvm-strip is a script here. */
@Tag("slow")
final class BuildRootTest {

  private static final String COMPILE =
      "mkdir -p \"$DESTDIR\"/etc; echo 1 > \"$DESTDIR\"/etc/@NAME@";

  @TempDir private Path folder;
  private Project project;

  @BeforeEach
  void createProject() throws Exception {
    project = new Project(folder.resolve("project"));
    TestRoot.seed(project.cache);
    // It is to be changed, so it is not the shared one.
    Files.delete(project.cache.resolve("build-root"));
  }

  @AfterEach
  void deleteProject() throws IOException {
    Folders.delete(folder);
    Files.createDirectory(folder);
  }

  /** Adds a package with a program that removes symbols, which is a script. */
  private void strip(String script) throws Exception {
    byte[] text = script.getBytes(StandardCharsets.UTF_8);
    byte[] deb =
        TestDeb.of(
            "all",
            tar -> {
              tar.add(TarEntry.file("usr/lib/llvm-19/bin/llvm-strip", 0755, text.length, 1), text);
              tar.add(
                  TarEntry.file("usr/lib/llvm-19/lib/clang/19/include/a.h", 0644, 1, 1),
                  new byte[] {10});
            });
    Digest digest = project.store(deb);
    Files.writeString(
        project.recipes.resolve("build-root.yaml"),
        """
          - file: strip.deb
            host: %s
            sha256: %s
            origins: ['https://example.org/strip.deb']
            evidence: [{pinned-only: a test}]
        """
            .formatted(BuildHost.current(), digest.hex()),
        StandardOpenOption.APPEND);
  }

  private Path root() throws IOException {
    return Folders.list(project.cache.resolve("build-root")).stream()
        .filter(Files::isDirectory)
        .findFirst()
        .orElseThrow();
  }

  private void compile(String name) throws Exception {
    project.recipe(name, COMPILE.replace("@NAME@", name));
    project.compile();
  }

  @Test
  void compile_programReplacedBetweenBuilds_isUnpackedAgain() throws Exception {
    compile("first");
    Path program = root().resolve("usr/bin/make");
    byte[] good = Files.readAllBytes(program);
    FileTime time = Files.getLastModifiedTime(program);
    Files.writeString(program, "#!/bin/sh\necho evil\n");
    Files.setLastModifiedTime(program, time);

    compile("second");

    assertThat(root().resolve("usr/bin/make")).hasBinaryContent(good);
    assertThat(project.lines)
        .anyMatch(line -> line.contains("build root was changed") && line.contains("usr/bin/make"));
  }

  @Test
  void compile_programAndListReplacedWithoutIsolation_areFound() throws Exception {
    var unused = project.withoutIsolation();
    compile("first");
    byte[] good = Files.readAllBytes(root().resolve("usr/bin/make"));
    Files.writeString(root().resolve("usr/bin/make"), "#!/bin/sh\necho evil\n");
    Path list = root().resolveSibling(root().getFileName() + ".json");
    Files.writeString(list, "{\"files\" : []}");

    compile("second");

    assertThat(root().resolve("usr/bin/make")).hasBinaryContent(good);
  }

  @Test
  void compile_fileAdded_isFound() throws Exception {
    compile("first");
    Files.writeString(root().resolve("usr/lib/evil.so"), "evil");

    compile("second");

    assertThat(root().resolve("usr/lib/evil.so")).doesNotExist();
  }

  @Test
  void compile_untouchedOrCopied_isKept() throws Exception {
    compile("first");
    Object folderKey = Files.getAttribute(root(), "unix:ino");
    // As a restored cache has it: other times.
    Files.setLastModifiedTime(root().resolve("usr/bin/make"), FileTime.fromMillis(5));

    compile("second");

    assertThat(Files.getAttribute(root(), "unix:ino")).isEqualTo(folderKey);
    assertThat(project.lines).noneMatch(line -> line.contains("build root was changed"));
  }

  @Test
  void compile_stepReplacesProgram_doesNotReachIt() throws Exception {
    project.requireIsolation();
    project.recipe(
        "evil",
        """
        mkdir "$DESTDIR"/etc
        for p in /usr/bin/make /usr/bin/busybox; do
          (echo evil > $p || chmod 777 $p || rm $p || mv $p $p.x) 2>/dev/null \\
            || echo no >> "$DESTDIR"/etc/evil
        done
        """);
    project.compile();

    assertThat(project.installed("evil", "etc/evil")).isEqualTo("no\nno\n");
  }

  @Test
  void compile_stepReplacesProgramWithoutIsolation_stopsTheBuild() throws Exception {
    var unused = project.withoutIsolation();
    project.recipe(
        "evil",
        """
        mkdir "$DESTDIR"/etc
        echo 1 > "$DESTDIR"/etc/evil
        box=$(readlink -f "$(command -v sed)")
        echo evil > "${box%busybox}make"
        """);

    assertFails(CompileCode.BUILD_ROOT_CHANGED, project::compile)
        .hasMessageContaining("usr/bin/make")
        .hasMessageContaining("was changed while it was in use");
  }

  @Test
  void compile_stepHidesWhatItReplacesWithoutIsolation_stopsTheBuildAndKeepsNothing()
      throws Exception {
    var unused = project.withoutIsolation();
    project.recipe("good", "mkdir \"$DESTDIR\"/etc; echo 1 > \"$DESTDIR\"/etc/good");
    project.recipe(
        "evil",
        """
        mkdir "$DESTDIR"/etc
        echo 1 > "$DESTDIR"/etc/evil
        box=$(readlink -f "$(command -v sed)")
        make=${box%busybox}make
        touch -r "$make" time
        size=$(stat -c %s "$make")
        printf x | dd of="$make" bs=1 seek=1000 conv=notrunc
        touch -r time "$make"
        [ $size = $(stat -c %s "$make") ]
        [ "$(stat -c %y time)" = "$(stat -c %y "$make")" ]
        """,
        "build-dependencies: [good]");

    assertFails(CompileCode.BUILD_ROOT_CHANGED, project::compile)
        .hasMessageContaining("usr/bin/make");

    assertThat(project.lines).anyMatch(line -> line.contains("good-1.0-r0 x86_64 built"));
    assertThat(cachedPackages()).isEmpty();
  }

  @Test
  void compile_rootChangedAfterTheLastStepWithoutIsolation_isFoundAtTheEnd() throws Exception {
    var unused = project.withoutIsolation();
    project.recipe("hello", COMPILE.replace("@NAME@", "hello"));
    project.onLine =
        line -> {
          if (line.contains("hello-1.0-r0 x86_64 built")) {
            Files.writeString(root().resolve("usr/bin/make"), "#!/bin/sh\necho evil\n");
          }
        };

    assertFails(CompileCode.BUILD_ROOT_CHANGED, project::compile)
        .hasMessageContaining("usr/bin/make");

    assertThat(cachedPackages()).isEmpty();
  }

  private List<Path> cachedPackages() throws IOException {
    return Folders.list(project.cache.resolve("packages")).stream()
        .filter(path -> !path.getFileName().toString().startsWith("."))
        .toList();
  }

  @Test
  void compile_strip_runsInTheSandbox() throws Exception {
    project.requireIsolation();
    Path secret = Files.writeString(folder.resolve("secret"), "secret-canary");
    strip(
        "#!/bin/sh\n[ ! -e '"
            + secret
            + "' ] || { echo 'it runs outside'; exit 9; }\nshift\n"
            + "for f; do [ \"$PWD\" = /oci-work/build ] && echo stripped >> \"$f\"; done\n");
    project.recipe("elf", "mkdir -p \"$DESTDIR\"/etc; cp \"$SOURCES\"/elf \"$DESTDIR\"/etc/elf");
    Path side = Files.createDirectories(project.recipes.resolve("elf"));
    Files.write(side.resolve("elf"), elfWithSymbols());

    project.compile();

    assertThat(project.installed("elf", "etc/elf")).endsWith("stripped\n");
  }

  @Test
  void compile_programWithoutItsLibrary_isNamed() throws Exception {
    Path declared = project.recipes.resolve("build-root.yaml");
    Files.writeString(
        declared,
        Files.readString(declared).replaceAll("(?m)^  - file: libcrypt1_(.*\\n    .*){4}\\n", ""));
    project.recipe("hello", "true");

    assertFails(CompileCode.BUILD_ROOT_UNUSABLE, project::compile)
        .hasMessageContaining("Could not run perl of the build root")
        .hasMessageContaining("libcrypt.so.1");
  }

  private static byte[] elfWithSymbols() {
    byte[] tiny = new TinyElf().bytes();
    ByteBuffer elf =
        ByteBuffer.wrap(Arrays.copyOf(tiny, tiny.length + 64)).order(ByteOrder.LITTLE_ENDIAN);
    // One section header, of the type SHT_SYMTAB (System V ABI, chapter 4).
    elf.putLong(40, tiny.length).putShort(58, (short) 64).putShort(60, (short) 1);
    return elf.putInt(tiny.length + 4, 2).array();
  }
}
