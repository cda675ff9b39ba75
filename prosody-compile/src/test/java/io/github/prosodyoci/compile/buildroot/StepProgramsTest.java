package io.github.prosodyoci.compile.buildroot;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.compile.TestRoot;
import io.github.prosodyoci.compile.run.Sandbox;
import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Folders;
import io.github.prosodyoci.core.Platform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of a step, in front of a clang that prints its arguments. */
final class StepProgramsTest {

  /** Shows the build root and the work folder at places of their own. */
  private static final class Elsewhere implements Sandbox {
    private final Path root;
    private final Path work;

    Elsewhere(Path root, Path work) {
      this.root = root;
      this.work = work;
    }

    @Override
    public List<String> prefix(Path folder) {
      return List.of();
    }

    @Override
    public Path inside(Path file) {
      return file.startsWith(work)
          ? Path.of("/oci-work").resolve(work.relativize(file))
          : Path.of("/").resolve(root.relativize(file));
    }

    @Override
    public boolean isIsolated() {
      return true;
    }
  }

  /** Shows everything under its own path. */
  private static final Sandbox NONE =
      new Sandbox() {
        @Override
        public List<String> prefix(Path folder) {
          return List.of();
        }

        @Override
        public Path inside(Path file) {
          return file;
        }

        @Override
        public boolean isIsolated() {
          return false;
        }
      };

  @TempDir private Path folder;
  private Path bin;
  private Path work;
  private Path llvm;
  private BuildRoot root;

  @BeforeEach
  void prepare() throws Exception {
    work = Files.createDirectories(folder.resolve("work"));
    bin = Files.createDirectory(work.resolve("bin"));
    Path place = folder.resolve("root");
    copy(TestRoot.shared().root(), place);
    llvm = Files.createDirectories(place.resolve("usr/lib/llvm-19/bin"));
    // Any dynamic program that shows its name and its arguments.
    Files.createSymbolicLink(llvm.resolve("clang"), place.resolve("usr/bin/printenv"));
    Files.createSymbolicLink(llvm.resolve("llvm-objcopy"), place.resolve("usr/bin/cksum"));
    Files.createSymbolicLink(llvm.resolve("llvm-strip"), Path.of("llvm-objcopy"));
    root =
        new BuildRoot(
            place, BuildHost.current(), Digest.of(new byte[0]), new BuildRootFiles(List.of()));
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)), LinkOption.NOFOLLOW_LINKS);
      }
    }
  }

  @AfterEach
  void empty() throws IOException {
    Folders.delete(folder);
    Files.createDirectory(folder);
  }

  private String run(Path program, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }

  @Test
  void addAll_inASandbox_linksToTheProgramsWhereTheyAre() throws Exception {
    new StepPrograms(root, work, new Elsewhere(root.root(), work), bin).addAll();

    assertThat(Files.readSymbolicLink(bin.resolve("sed"))).hasToString("/usr/bin/busybox");
    assertThat(Files.readSymbolicLink(bin.resolve("sh"))).hasToString("/usr/bin/dash");
    assertThat(Files.readSymbolicLink(bin.resolve("strip")))
        .hasToString("/usr/lib/llvm-19/bin/llvm-strip");
    // What is not on the list is not there, whatever the packages have.
    assertThat(bin.resolve("find")).doesNotExist();
    assertThat(bin.resolve("mount")).doesNotExist();
    assertThat(bin.resolve("ar")).doesNotExist();
  }

  @Test
  void addTarget_inASandbox_knowsTargetSysrootAndPrefixes() throws Exception {
    StepPrograms programs = new StepPrograms(root, work, new Elsewhere(root.root(), work), bin);
    programs.addTarget(Platform.LINUX_ARM64, work.resolve("sysroot"));
    programs.addHost(Platform.LINUX_AMD64, work.resolve("hostroot"));

    assertThat(bin.resolve("cc"))
        .hasContent(
            "#!/usr/bin/busybox sh\nexec '/usr/lib/llvm-19/bin/clang'"
                + " --config='/usr/share/prosody-oci/cc.cfg' --target=aarch64-linux-musl"
                + " --sysroot='/oci-work/sysroot' -resource-dir='/oci-work/sysroot'/usr/lib/clang"
                + " -ffile-prefix-map='/oci-work/build'=. -ffile-prefix-map='/oci-work'=/"
                + " -ffile-prefix-map='/usr'=/build-root \"$@\"\n");
    assertThat(Files.readSymbolicLink(bin.resolve("clang"))).isEqualTo(Path.of("cc"));
    assertThat(bin.resolve("hostcc"))
        .content()
        .contains(
            "--target=x86_64-linux-musl", "--sysroot='/oci-work/hostroot'", " -static \"$@\"");
  }

  @Test
  void addAll_withoutASandbox_startsAllByTheLoaderOfTheBuildRoot() throws Exception {
    StepPrograms programs = new StepPrograms(root, work, NONE, bin);
    programs.addAll();

    assertThat(run(bin.resolve("sh"), "-c", "echo \"$0\"", "name")).isEqualTo("name\n");
    assertThat(run(bin.resolve("echo"), "a b")).isEqualTo("a b\n");
    assertThat(run(bin.resolve("cksum"), "--version")).contains("cksum (GNU coreutils) 9.1");
    assertThat(run(bin.resolve("strip"), "--version")).contains("GNU coreutils");
    assertThat(run(bin.resolve("perl"), "-MPOSIX", "-e", "print $INC{'POSIX.pm'}"))
        .startsWith(root.root().toString());
    assertThat(run(bin.resolve("perl"), "-e", "system($^X, '-e', 'print qq(again $^X)')"))
        .isEqualTo("again " + bin.resolve("perl"));
    assertThat(run(bin.resolve("make"), "--eval=all:; @echo $(SHELL) $(MAKE)"))
        .isEqualTo(bin.resolve("sh") + " " + bin.resolve("make") + "\n");
  }

  @Test
  void addTarget_withoutASandbox_startsTheCompilerUnderANameThatStartsItAgain() throws Exception {
    StepPrograms programs = new StepPrograms(root, work, NONE, bin);
    programs.addTarget(Platform.LINUX_AMD64, work.resolve("sysroot"));
    Path again = work.resolve("loader/clang");

    assertThat(bin.resolve("cc")).content().contains("--argv0' '" + again + "'");
    assertThat(run(again, "--version")).contains("printenv (GNU coreutils)");
  }
}
