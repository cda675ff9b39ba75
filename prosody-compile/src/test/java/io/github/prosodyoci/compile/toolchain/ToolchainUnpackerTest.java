package io.github.prosodyoci.compile.toolchain;

import static io.github.prosodyoci.compile.Codes.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.prosodyoci.compile.Machine;
import io.github.prosodyoci.compile.elf.TinyElf;
import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.compile.report.CompileListener;
import io.github.prosodyoci.compile.run.Folders;
import io.github.prosodyoci.compile.run.HostTools;
import io.github.prosodyoci.compile.run.Isolation;
import io.github.prosodyoci.compile.run.ProcessRunner;
import io.github.prosodyoci.compile.run.StepLimits;
import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Toolchains from jars that are right, and from jars that are not. */
final class ToolchainUnpackerTest {

  private static final byte[] PROGRAM =
      "#!/bin/sh\necho version\n".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path folder;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final ProcessRunner runner =
      new ProcessRunner(new StepLimits(Duration.ofSeconds(30), 100, 1 << 20, 1L << 40));
  private final Map<String, byte[]> entries = new LinkedHashMap<>();
  private Isolation isolation;
  private Path cache;

  @BeforeEach
  void prepare() throws Exception {
    cache = Files.createDirectory(folder.resolve("cache"));
    // How programs are isolated is of no interest here.
    Path bin = Machine.binWithout(folder.resolve("bin"), "unshare");
    isolation =
        Isolation.probe(new HostTools(List.of(bin)), List.of(), folder.resolve("probe"), runner);
    for (String name :
        List.of("clang", "lld", "llvm-ar", "llvm-nm", "llvm-objcopy", "llvm-readobj")) {
      entries.put("org/bytedeco/llvm/linux-x86_64/" + name, PROGRAM);
    }
    entries.put("org/bytedeco/llvm/linux-x86_64/lib/clang/20/include/stddef.h", new byte[0]);
  }

  @AfterEach
  void close() throws IOException {
    runner.close();
    Folders.delete(folder);
    Files.createDirectory(folder);
  }

  private Path jar() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return Files.write(folder.resolve("llvm.jar"), bytes.toByteArray());
  }

  private ToolchainUnpacker unpacker(Path into) {
    CompileListener listener =
        new CompileListener() {
          @Override
          public void info(String line) {
            lines.add(line);
          }

          @Override
          public void warn(String line) {
            lines.add(line);
          }

          @Override
          public void debug(String line) {
            lines.add(line);
          }
        };
    return new ToolchainUnpacker(
        into, new ToolchainCheck(BuildHost.LINUX_X86_64, isolation, runner), listener);
  }

  private Toolchain unpack(Path jar) throws Exception {
    return unpacker(cache).unpack(jar, Digest.of(jar), true);
  }

  /** Nothing is left of a toolchain that could not be unpacked. */
  private void assertNothingKept() throws IOException {
    assertThat(Folders.list(cache)).allMatch(path -> path.toString().endsWith(".lock"));
  }

  @Test
  void unpack_goodJar_hasProgramsLinksAndSettings() throws Exception {
    Path jar = jar();
    Toolchain toolchain = unpack(jar);

    assertThat(toolchain.root().resolve("bin/clang")).isExecutable().hasBinaryContent(PROGRAM);
    assertThat(Files.readSymbolicLink(toolchain.strip())).isEqualTo(Path.of("llvm-objcopy"));
    assertThat(toolchain.root().resolve("etc/cc.cfg"))
        .content()
        .contains("-idirafter <CFGDIR>/../lib/clang/20/include", "-fPIE");
    assertThat(toolchain.digest()).isEqualTo(ToolchainUnpacker.digest(Digest.of(jar)));
    assertThat(Folders.list(cache)).hasSize(3);
  }

  @Test
  void unpack_noArchive_isMissing() throws Exception {
    assertFails(
            CommonCode.FILE_ACCESS,
            () -> unpacker(cache).unpack(folder.resolve("none.jar"), Digest.of(new byte[0]), true))
        .hasMessageContaining("there is no file " + folder.resolve("none.jar"));
    assertNothingKept();
  }

  @Test
  void unpack_otherDigest_isRefused() throws Exception {
    Path jar = jar();

    assertFails(
            CompileCode.SOURCE_CHANGED,
            () -> unpacker(cache).unpack(jar, Digest.of(new byte[0]), true))
        .hasMessageContaining(jar.toString());
    assertNothingKept();
  }

  @Test
  void unpack_notAJar_isRefused() throws Exception {
    Path jar = Files.writeString(folder.resolve("llvm.jar"), "rubbish");

    assertFails(CompileCode.TOOLCHAIN_ARCHIVE, () -> unpack(jar))
        .hasMessageContaining("the toolchain " + jar + ": it is not a jar file");
    assertNothingKept();
  }

  @Test
  void unpack_damagedEntry_isRefused() throws Exception {
    Path jar = jar();
    byte[] bytes = Files.readAllBytes(jar);
    // In the compressed data of the first entry, after its local header of 30 bytes and its name.
    bytes[30 + "org/bytedeco/llvm/linux-x86_64/clang".length() + 4] ^= 0x55;
    Files.write(jar, bytes);

    assertFails(CompileCode.TOOLCHAIN_ARCHIVE, () -> unpack(jar))
        .hasMessageContaining("or it is damaged");
    assertNothingKept();
  }

  @Test
  void unpack_programOrHeadersMissing_areNamed() throws Exception {
    byte[] program = entries.remove("org/bytedeco/llvm/linux-x86_64/llvm-nm");
    Path without = jar();
    assertFails(CompileCode.TOOLCHAIN_ARCHIVE, () -> unpack(without))
        .hasMessageContaining("it contains no llvm-nm");
    entries.put("org/bytedeco/llvm/linux-x86_64/llvm-nm", program);
    entries.remove("org/bytedeco/llvm/linux-x86_64/lib/clang/20/include/stddef.h");
    Path headless = jar();
    assertFails(CompileCode.TOOLCHAIN_ARCHIVE, () -> unpack(headless))
        .hasMessageContaining("it contains no headers of clang");
    assertNothingKept();
  }

  @Test
  void unpack_entryLeadsOut_isRefused() throws Exception {
    entries.put(
        "org/bytedeco/llvm/linux-x86_64/lib/clang/20/include/../../../../../../evil", PROGRAM);
    Path jar = jar();

    assertFails(CompileCode.TOOLCHAIN_ARCHIVE, () -> unpack(jar))
        .hasMessageContaining("evil leads out of it");
    assertThat(folder.resolve("evil")).doesNotExist();
    assertThat(cache.resolve("evil")).doesNotExist();
    assertNothingKept();
  }

  @Test
  void unpack_otherArchitecture_isNamed() throws Exception {
    // EM_AARCH64 (System V ABI).
    byte[] arm = new TinyElf().bytes();
    ByteBuffer.wrap(arm).order(ByteOrder.LITTLE_ENDIAN).putShort(18, (short) 183);
    entries.put("org/bytedeco/llvm/linux-x86_64/clang", arm);
    Path jar = jar();

    assertFails(CompileCode.TOOLCHAIN_ARCHIVE, () -> unpack(jar))
        .hasMessageContaining("clang is for another architecture (ELF machine 183)")
        .hasMessageContaining("expected linux-x86_64 (ELF machine 62)");
    assertNothingKept();
  }

  @Test
  void unpack_programFails_showsItsOutput() throws Exception {
    entries.put(
        "org/bytedeco/llvm/linux-x86_64/clang",
        "#!/bin/sh\necho 'libz.so.1: cannot open' >&2\nexit 127\n"
            .getBytes(StandardCharsets.UTF_8));
    Path jar = jar();

    assertFails(CompileCode.TOOLCHAIN_UNUSABLE, () -> unpack(jar))
        .hasMessageContaining("libz.so.1: cannot open")
        .hasMessageContaining("apt-get install libstdc++6");
    assertNothingKept();
  }

  @Test
  void unpack_interruptedDuringTheCheck_isAnInterrupt() throws Exception {
    entries.put(
        "org/bytedeco/llvm/linux-x86_64/clang",
        "#!/bin/sh\nsleep 60\n".getBytes(StandardCharsets.UTF_8));
    Path jar = jar();
    Thread me = Thread.currentThread();
    Thread interrupter =
        new Thread(
            () -> {
              while (!isChecking()) {
                Thread.onSpinWait();
              }
              me.interrupt();
            });
    interrupter.start();

    assertThatThrownBy(() -> unpack(jar)).isInstanceOf(InterruptedException.class);
    interrupter.join();
    assertThat(Thread.interrupted()).isFalse();
    assertNothingKept();
  }

  /** Returns whether the programs are being checked. */
  private boolean isChecking() {
    try {
      return Folders.list(cache).stream()
          .filter(path -> path.getFileName().toString().startsWith(".unpack"))
          .anyMatch(
              path -> {
                try {
                  return Folders.list(path).stream()
                      .anyMatch(each -> each.getFileName().toString().startsWith(".check"));
                } catch (IOException e) {
                  return false;
                }
              });
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void unpack_listDamaged_saysSoAndKeepsTheToolchain() throws Exception {
    Path jar = jar();
    Toolchain first = unpack(jar);
    Object inode = Files.getAttribute(first.root(), "unix:ino");
    Path list = first.root().resolveSibling(first.root().getFileName() + ".json");
    Files.writeString(list, "{");

    Toolchain second = unpack(jar);

    assertThat(second).isEqualTo(first);
    assertThat(Files.getAttribute(second.root(), "unix:ino")).isEqualTo(inode);
    assertThat(lines)
        .singleElement()
        .asString()
        .startsWith("The list of the toolchain's files cannot be used (");
  }

  @Test
  void unpack_severalBuildsAtOnce_shareOneToolchain() throws Exception {
    Path jar = jar();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Toolchain>> work = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        work.add(() -> unpack(jar));
      }
      List<Toolchain> toolchains = new ArrayList<>();
      for (Future<Toolchain> each : threads.invokeAll(work)) {
        toolchains.add(each.get());
      }

      assertThat(toolchains).containsOnly(toolchains.get(0));
      toolchains.get(0).verify(true);
    } finally {
      threads.shutdownNow();
    }
    assertThat(Folders.list(cache)).hasSize(3);
  }

  @Test
  void unpack_fullDisk_isCalledThatAndKeepsNothing() throws Exception {
    Path small = Files.createDirectory(folder.resolve("small"));
    assumeTrue(
        Machine.isRoot() && mount("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small) == 0,
        "only root can mount a small disk");
    try {
      byte[] large = new byte[1 << 20];
      new Random(1).nextBytes(large);
      entries.put("org/bytedeco/llvm/linux-x86_64/lld", large);
      Path jar = jar();

      assertFails(CommonCode.DISK_FULL, () -> unpacker(small).unpack(jar, Digest.of(jar), true))
          .hasMessageContaining("the disk that holds " + small);
      assertThat(Folders.list(small)).allMatch(path -> path.toString().endsWith(".lock"));
    } finally {
      assertThat(mount("umount", small)).isZero();
    }
  }

  private static int mount(Object... command) throws Exception {
    List<String> words = new ArrayList<>();
    for (Object word : command) {
      words.add(word.toString());
    }
    return new ProcessBuilder(words).inheritIO().start().waitFor();
  }
}
