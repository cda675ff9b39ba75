package io.github.prosodyoci.compile;

import static io.github.prosodyoci.compile.Codes.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.compile.elf.TinyElf;
import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.compile.run.Folders;
import io.github.prosodyoci.core.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The compiler between the recipes that use it. Its programs are scripts here. */
@Tag("slow")
final class ToolchainTest {

  private static final String PROGRAM =
      "#!/bin/sh\nif [ \"$1\" = --version ]; then @CHECK@ echo version; exit; fi\n";

  private static final String COMPILE =
      "mkdir -p \"$DESTDIR\"/etc; strip one > \"$DESTDIR\"/etc/@NAME@";

  @TempDir private Path folder;
  private Project project;

  @BeforeEach
  void createProject() throws IOException {
    project = new Project(folder.resolve("project"));
  }

  @AfterEach
  void deleteProject() throws IOException {
    Folders.delete(folder);
    Files.createDirectory(folder);
  }

  /** Declares a compiler whose {@code llvm-objcopy} does as a script says. */
  private void toolchain(String check, String objcopy) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      String program = PROGRAM.replace("@CHECK@", check);
      for (String name : List.of("clang", "lld", "llvm-ar", "llvm-nm", "llvm-readobj")) {
        add(zip, name, program);
      }
      add(zip, "llvm-objcopy", program + objcopy);
      add(zip, "lib/clang/20/include/stddef.h", "");
    }
    Digest digest = project.store(bytes.toByteArray());
    Files.writeString(
        project.recipes.resolve("toolchain.yaml"),
        """
        toolchain:
          name: llvm
          version: "20"
        sources:
          - file: llvm.jar
            host: linux-x86_64
            sha256: %s
            origins: ['https://example.org/llvm.jar']
            evidence: [{pinned-only: a test}]
            unpack: none
        """
            .formatted(digest.hex()));
  }

  private static void add(ZipOutputStream zip, String name, String text) throws IOException {
    zip.putNextEntry(new ZipEntry("org/bytedeco/llvm/linux-x86_64/" + name));
    zip.write(text.getBytes(StandardCharsets.UTF_8));
  }

  private Path root() throws IOException {
    return Folders.list(project.cache.resolve("toolchain")).stream()
        .filter(Files::isDirectory)
        .findFirst()
        .orElseThrow();
  }

  private void compile(String name) throws Exception {
    project.recipe(name, COMPILE.replace("@NAME@", name));
    project.compile();
  }

  private String installed(String name) throws IOException {
    return project.installed(name, "etc/" + name);
  }

  @Test
  void compile_programReplacedBetweenBuilds_isUnpackedAgain() throws Exception {
    toolchain("", "echo good\n");
    compile("first");
    Path program = root().resolve("bin/llvm-objcopy");
    FileTime time = Files.getLastModifiedTime(program);
    Files.writeString(program, "#!/bin/sh\necho evil\n");
    Files.setLastModifiedTime(program, time);

    compile("second");

    assertThat(installed("second")).isEqualTo("good\n");
    assertThat(project.lines)
        .anyMatch(line -> line.contains("toolchain was changed") && line.contains("llvm-objcopy"));
  }

  @Test
  void compile_programAndListReplacedWithoutIsolation_areFound() throws Exception {
    var unused = project.withoutIsolation();
    toolchain("", "echo good\n");
    compile("first");
    Files.writeString(root().resolve("bin/llvm-objcopy"), "#!/bin/sh\necho evil\n");
    Path list = root().resolveSibling(root().getFileName() + ".json");
    Files.writeString(list, "{\"files\" : []}");

    compile("second");

    assertThat(installed("second")).isEqualTo("good\n");
  }

  @Test
  void compile_fileAdded_isFound() throws Exception {
    toolchain("", "echo good\n");
    compile("first");
    Files.writeString(root().resolve("lib/clang/20/include/stdio.h"), "#define evil");

    compile("second");

    assertThat(root().resolve("lib/clang/20/include/stdio.h")).doesNotExist();
  }

  @Test
  void compile_untouchedOrCopied_isKept() throws Exception {
    toolchain("", "echo good\n");
    compile("first");
    Object folderKey = Files.getAttribute(root(), "unix:ino");
    // As a restored cache has it: other times.
    Files.setLastModifiedTime(root().resolve("bin/clang"), FileTime.fromMillis(5));

    compile("second");

    assertThat(Files.getAttribute(root(), "unix:ino")).isEqualTo(folderKey);
    assertThat(project.lines).noneMatch(line -> line.contains("toolchain was changed"));
  }

  @Test
  void compile_stepReplacesProgram_doesNotReachIt() throws Exception {
    project.requireIsolation();
    toolchain("", "echo good\n");
    project.recipe(
        "evil",
        """
        mkdir "$DESTDIR"/etc
        for f in clang llvm-objcopy; do
          p=/toolchain/bin/$f
          (echo evil > $p || chmod 777 $p || rm $p || mv $p $p.x) 2>/dev/null \\
            || echo no >> "$DESTDIR"/etc/evil
        done
        """);
    project.compile();

    assertThat(installed("evil")).isEqualTo("no\nno\n");
    assertThat(root().resolve("bin/llvm-objcopy")).content().contains("good");
  }

  @Test
  void compile_stepReplacesProgramWithoutIsolation_stopsTheBuild() throws Exception {
    var unused = project.withoutIsolation();
    toolchain("", "echo good\n");
    project.recipe(
        "evil",
        """
        mkdir "$DESTDIR"/etc
        echo 1 > "$DESTDIR"/etc/evil
        echo evil > $(readlink -f "$(command -v strip)")
        """);

    assertFails(CompileCode.TOOLCHAIN_CHANGED, project::compile)
        .hasMessageContaining("llvm-objcopy")
        .hasMessageContaining("was changed while it was in use");
  }

  @Test
  void compile_stripAndCheck_runInTheSandbox() throws Exception {
    project.requireIsolation();
    Path secret = Files.writeString(folder.resolve("secret"), "secret-canary");
    String look = "[ ! -e '" + secret + "' ] || { echo 'it runs outside'; exit 9; };";
    toolchain(
        look,
        look
            + "shift\nfor f; do [ \"$PWD\" = /oci-work/build ] && echo stripped >> \"$f\"; done\n");
    project.recipe("elf", "mkdir -p \"$DESTDIR\"/etc; cp \"$SOURCES\"/elf \"$DESTDIR\"/etc/elf");
    Path side = Files.createDirectories(project.recipes.resolve("elf"));
    Files.write(side.resolve("elf"), elfWithSymbols());

    project.compile();

    assertThat(installed("elf")).endsWith("stripped\n");
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
