package io.github.prosodyoci.compile.buildroot;

import static io.github.prosodyoci.compile.Codes.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.prosodyoci.compile.Machine;
import io.github.prosodyoci.compile.elf.TinyElf;
import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.compile.report.CompileListener;
import io.github.prosodyoci.compile.source.TestDeb;
import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Folders;
import io.github.prosodyoci.core.archive.ArchiveCode;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.recipe.Source;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Build roots from packages that are right, and from packages that are not. */
final class BuildRootUnpackerTest {

  private static final byte[] TEXT = "text\n".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path folder;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Map<Source, byte[]> packages = new LinkedHashMap<>();
  private Path cache;

  @BeforeEach
  void prepare() throws IOException {
    cache = Files.createDirectory(folder.resolve("cache"));
    add(
        "base_amd64.deb",
        "amd64",
        tar -> {
          tar.add(TarEntry.file("bin/busybox", 0755, TEXT.length, 1), TEXT);
          tar.add(TarEntry.file("bin/dash", 0755, TEXT.length, 1), TEXT);
          tar.add(TarEntry.symlink("bin/sh", "dash", 1));
          tar.add(TarEntry.file("usr/bin/make", 0755, TEXT.length, 1), TEXT);
          tar.add(TarEntry.file("usr/bin/find", 0755, TEXT.length, 1), TEXT);
          tar.add(TarEntry.file("usr/share/doc/base/copyright", 0644, TEXT.length, 1), TEXT);
        });
  }

  @AfterEach
  void empty() throws IOException {
    Folders.delete(folder);
    Files.createDirectory(folder);
  }

  private void add(String name, String architecture, TestDeb.Files files) throws IOException {
    add(name, TestDeb.of(architecture, files));
  }

  private void add(String name, byte[] deb) {
    packages.put(
        new Source(name, Digest.of(deb), List.of(Origin.parse("file:" + name, folder))), deb);
  }

  private void addFile(String path, int mode) throws IOException {
    add("more.deb", "amd64", tar -> tar.add(TarEntry.file(path, mode, TEXT.length, 1), TEXT));
  }

  private CompileListener listener() {
    return new CompileListener() {
      @Override
      public void info(String line) {
        lines.add(line);
      }

      @Override
      public void warn(String line) {
        lines.add(line);
      }

      @Override
      public void debug(String line) {}
    };
  }

  private BuildRootUnpacker unpacker(Path into) {
    return new BuildRootUnpacker(into, BuildHost.LINUX_X86_64, this::file, 2, listener());
  }

  private Path file(Source source) {
    byte[] deb = packages.getOrDefault(source, new byte[0]);
    Path file = folder.resolve(source.sha256().hex());
    try {
      return Files.exists(file) ? file : Files.write(file, deb);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private BuildRoot unpack() throws Exception {
    return unpacker(cache).unpack(List.copyOf(packages.keySet()), true);
  }

  private void assertRefused(String found) throws IOException {
    assertFails(CompileCode.BUILD_ROOT_PACKAGE, this::unpack).hasMessageContaining(found);
    assertNothingKept(cache);
  }

  /** Nothing is left of a build root that could not be unpacked. */
  private static void assertNothingKept(Path cache) throws IOException {
    assertThat(Folders.list(cache)).allMatch(path -> path.toString().endsWith(".lock"));
  }

  @Test
  void unpack_goodPackages_haveWhatStepsNeedBelowUsr() throws Exception {
    add(
        "llvm_amd64.deb",
        "amd64",
        tar -> {
          tar.add(TarEntry.file("lib/x86_64-linux-gnu/libx.so.1.2", 0644, TEXT.length, 1), TEXT);
          tar.add(TarEntry.symlink("lib64/ld-linux-x86-64.so.2", "/lib/x86_64-linux-gnu/ld.so", 1));
          tar.add(TarEntry.file("usr/lib/llvm-19/bin/clang", 0755, TEXT.length, 1), TEXT);
          tar.add(TarEntry.file("usr/lib/llvm-19/bin/opt", 0755, TEXT.length, 1), TEXT);
          tar.add(
              TarEntry.file("usr/lib/llvm-19/lib/clang/19/include/a.h", 0644, TEXT.length, 1),
              TEXT);
        });
    BuildRoot root = unpack();

    try (var all = Files.walk(root.root())) {
      assertThat(
              all.filter(file -> !Files.isDirectory(file))
                  .map(file -> root.root().relativize(file).toString()))
          .containsExactlyInAnyOrder(
              "usr/bin/busybox",
              "usr/bin/dash",
              "usr/bin/make",
              "usr/bin/sh",
              "usr/lib/llvm-19/bin/clang",
              "usr/lib/llvm-19/lib/clang/19/include/a.h",
              "usr/lib/x86_64-linux-gnu/libx.so.1.2",
              "usr/lib64/ld-linux-x86-64.so.2",
              "usr/share/prosody-oci/cc.cfg");
    }
    assertThat(Files.readSymbolicLink(root.root().resolve("usr/lib64/ld-linux-x86-64.so.2")))
        .hasToString("../lib/x86_64-linux-gnu/ld.so");
    assertThat(root.root().resolve(BuildRoot.SETTINGS))
        .content()
        .contains("-idirafter <CFGDIR>/../../lib/llvm-19/lib/clang/19/include", "-fPIE");
    assertThat(Files.getPosixFilePermissions(root.busybox()))
        .isEqualTo(PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(root.digest()).isEqualTo(BuildRootUnpacker.digest(List.copyOf(packages.keySet())));
    root.verify(true);
  }

  @Test
  void unpack_otherArchitecture_isRefused() throws Exception {
    add("arm.deb", "arm64", tar -> {});
    assertRefused("Could not unpack arm.deb: it is for the architecture arm64; expected amd64");
  }

  @Test
  void unpack_programOfAnotherArchitecture_isRefused() throws Exception {
    packages.clear();
    // EM_AARCH64 (System V ABI).
    byte[] arm = new TinyElf().bytes();
    ByteBuffer.wrap(arm).order(ByteOrder.LITTLE_ENDIAN).putShort(18, (short) 183);
    add(
        "base.deb",
        "amd64",
        tar -> {
          tar.add(TarEntry.file("bin/busybox", 0755, arm.length, 1), arm);
          tar.add(TarEntry.file("bin/dash", 0755, arm.length, 1), arm);
        });
    assertRefused("busybox is for another architecture (ELF machine 183)");
  }

  @Test
  void unpack_setId_isRefused() throws Exception {
    addFile("usr/bin/perl", 04755);
    assertRefused("usr/bin/perl has the mode 4755");
  }

  @Test
  void unpack_linkOutOfTheRoot_isRefused() throws Exception {
    add(
        "more.deb",
        "amd64",
        tar -> tar.add(TarEntry.symlink("usr/share/perl/up", "../../../../etc", 1)));
    assertRefused("leads out of the root, to ../../../../etc");
  }

  @Test
  void unpack_fileBelowALink_isRefused() throws Exception {
    add(
        "more.deb",
        "amd64",
        tar -> {
          tar.add(TarEntry.symlink("usr/share/perl/5", "..", 1));
          tar.add(TarEntry.file("usr/share/perl/5/evil", 0644, TEXT.length, 1), TEXT);
        });
    assertRefused("usr/share/perl/5/evil lies below something that is not a folder");
    packages.keySet().removeIf(each -> each.file().equals("more.deb"));
    // Of two packages, too.
    add("a.deb", "amd64", tar -> tar.add(TarEntry.symlink("usr/share/perl/5", "..", 1)));
    addFile("usr/share/perl/5/evil", 0644);
    assertRefused("another package has 5 with another content");
  }

  @Test
  void unpack_sameFileTwice_isFineOnlyIfItIsTheSame() throws Exception {
    addFile("usr/bin/make", 0755);
    assertThat(unpack().root().resolve("usr/bin/make")).hasBinaryContent(TEXT);

    add(
        "other.deb",
        "amd64",
        tar -> tar.add(TarEntry.file("usr/bin/make", 0755, 1, 1), new byte[] {1}));
    assertFails(CompileCode.BUILD_ROOT_PACKAGE, this::unpack)
        .hasMessageContaining("Could not unpack other.deb: another package has make with another");
  }

  @Test
  void unpack_pathThatLeavesTheRootOrIsTooLong_isRefused() throws Exception {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(data)) {
      tar.putArchiveEntry(new TarArchiveEntry("usr/share/perl/../../../../evil"));
      tar.closeArchiveEntry();
    }
    add("more.deb", TestDeb.of("amd64", "data.tar", data.toByteArray()));
    assertFails(ArchiveCode.TAR_ESCAPE, this::unpack).hasMessageContaining("../evil");
    assertNothingKept(cache);
    packages.keySet().removeIf(each -> each.file().equals("more.deb"));
    addFile("usr/share/perl/" + "x".repeat(256), 0644);
    assertFails(ArchiveCode.TAR_ESCAPE, this::unpack);
    assertNothingKept(cache);
  }

  @Test
  void unpack_hardLinkToWhatIsNotThere_isRefused() throws Exception {
    TarEntry link =
        new TarEntry(
            "usr/bin/perl",
            TarEntry.Type.HARDLINK,
            0755,
            0,
            0,
            0,
            1,
            "usr/bin/other",
            "",
            "",
            Map.of());
    add("more.deb", "amd64", tar -> tar.add(link));
    assertRefused("usr/bin/perl is a link to usr/bin/other, which is not kept before it");
  }

  @Test
  void unpack_truncatedPackage_isDamaged() throws Exception {
    byte[] deb = packages.values().iterator().next();
    packages.clear();
    add("cut.deb", Arrays.copyOf(deb, deb.length / 2));

    assertThatThrownBy(this::unpack)
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("cut.deb");
    assertNothingKept(cache);
  }

  @Test
  void unpack_packageChangedOrMissing_isRefused() throws Exception {
    Source first = packages.keySet().iterator().next();
    Files.writeString(folder.resolve(first.sha256().hex()), "other");
    assertFails(CompileCode.SOURCE_CHANGED, this::unpack);
    assertNothingKept(cache);
    Files.delete(folder.resolve(first.sha256().hex()));

    BuildRootUnpacker lost =
        new BuildRootUnpacker(
            cache, BuildHost.LINUX_X86_64, any -> folder.resolve("none"), 1, listener());
    assertFails(CommonCode.FILE_ACCESS, () -> lost.unpack(List.of(first), true))
        .hasMessageContaining("none");
    assertNothingKept(cache);
  }

  @Test
  void unpack_noShell_isRefused() throws Exception {
    packages.clear();
    addFile("bin/busybox", 0755);
    assertRefused("no package has usr/bin/dash");
  }

  @Test
  void unpack_restOfAKilledBuild_isNeverUsed() throws Exception {
    BuildRoot first = unpack();
    String name = first.root().getFileName().toString();
    // As left by a build that was killed while it unpacked.
    Folders.delete(first.root());
    Path rest = Files.createDirectories(cache.resolve("." + name + "123/root/usr/bin"));
    Files.writeString(rest.resolve("busybox"), "half");

    BuildRoot second = unpack();

    assertThat(second.busybox()).hasBinaryContent(TEXT);
    assertThat(Folders.list(cache)).hasSize(3);
  }

  @Test
  void unpack_folderKilledHalfway_isUnpackedAgain() throws Exception {
    BuildRoot first = unpack();
    Files.delete(first.root().resolve("usr/bin/make"));

    assertThat(unpack().root().resolve("usr/bin/make")).exists();
    assertThat(lines).singleElement().asString().contains("usr/bin/make", "was changed");
  }

  @Test
  void unpack_listDamaged_saysSoAndKeepsTheRoot() throws Exception {
    BuildRoot first = unpack();
    Object inode = Files.getAttribute(first.root(), "unix:ino");
    Path list = first.root().resolveSibling(first.root().getFileName() + ".json");
    Files.writeString(list, "{");

    BuildRoot second = unpack();

    assertThat(second).isEqualTo(first);
    assertThat(Files.getAttribute(second.root(), "unix:ino")).isEqualTo(inode);
    assertThat(lines)
        .singleElement()
        .asString()
        .startsWith("The list of the build root's files cannot be used (");
  }

  @Test
  void unpack_severalBuildsAtOnce_shareOneRoot() throws Exception {
    var threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<BuildRoot>> work = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        work.add(this::unpack);
      }
      List<BuildRoot> roots = new ArrayList<>();
      for (Future<BuildRoot> each : threads.invokeAll(work)) {
        roots.add(each.get());
      }

      assertThat(roots).containsOnly(roots.get(0));
      roots.get(0).verify(true);
    } finally {
      threads.shutdownNow();
    }
    assertThat(Folders.list(cache)).hasSize(3);
  }

  @Test
  void unpack_fullDisk_isCalledThatAndKeepsNothing() throws Exception {
    Path small = Files.createDirectory(folder.resolve("small"));
    assumeTrue(
        Machine.isRoot() && mount("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", small) == 0,
        "only root can mount a small disk");
    try {
      byte[] large = new byte[1 << 20];
      new Random(1).nextBytes(large);
      add(
          "large.deb",
          "amd64",
          tar -> tar.add(TarEntry.file("usr/bin/perl", 0755, large.length, 1), large));

      assertFails(
              CommonCode.DISK_FULL,
              () -> unpacker(small).unpack(List.copyOf(packages.keySet()), true))
          .hasMessageContaining("the disk that holds " + small);
      assertNothingKept(small);
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
