package io.github.prosodyoci.compile.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.core.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ElfReaderTest {

  @TempDir private Path folder;

  private ElfFile read(TinyElf elf) throws IOException {
    return ElfReader.read(Files.write(folder.resolve("file"), elf.bytes())).orElseThrow();
  }

  @Test
  void read_sharedObject_givesNamesInOrder() throws IOException {
    ElfFile elf =
        read(
            new TinyElf()
                .soname("libfoo.so.1")
                .needed("libz.so.1")
                .needed("libc.so")
                .runpath("$ORIGIN")
                .dynamic(24, 0));

    assertThat(elf.type()).isEqualTo(ElfFile.Type.SHARED);
    assertThat(elf.soname()).contains("libfoo.so.1");
    assertThat(elf.needed()).containsExactly("libz.so.1", "libc.so");
    assertThat(elf.runpath()).containsExactly("$ORIGIN");
    assertThat(elf.interpreter()).isEmpty();
    assertThat(elf.machine()).isEqualTo(62);
    assertThat(elf.positionIndependent()).isTrue();
    assertThat(elf.fullRelro()).isTrue();
    assertThat(elf.executableStack()).isFalse();
    assertThat(elf.textRelocations()).isFalse();
    assertThat(elf.stripped()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void read_fileOfEachPlatform_saysTheSame(Platform platform) throws IOException {
    ElfFile elf =
        read(
            new TinyElf()
                .of(platform)
                .interpreter("/lib/ld.so")
                .soname("libfoo.so.1")
                .needed("libz.so.1")
                .needed("libc.so")
                .dynamic(0x6ffffffbL, 1));

    assertThat(elf.machine()).isEqualTo(platform.elfMachine());
    assertThat(elf.type()).isEqualTo(ElfFile.Type.SHARED);
    assertThat(elf.interpreter()).contains("/lib/ld.so");
    assertThat(elf.soname()).contains("libfoo.so.1");
    assertThat(elf.needed()).containsExactly("libz.so.1", "libc.so");
    assertThat(elf.fullRelro()).isTrue();
    assertThat(elf.executableStack()).isFalse();
    assertThat(elf.stripped()).isTrue();
  }

  @Test
  void read_executable_givesInterpreter() throws IOException {
    ElfFile elf = read(new TinyElf().type(2).interpreter("/lib/ld-musl-x86_64.so.1"));

    assertThat(elf.type()).isEqualTo(ElfFile.Type.EXECUTABLE);
    assertThat(elf.positionIndependent()).isFalse();
    assertThat(elf.interpreter()).contains("/lib/ld-musl-x86_64.so.1");
  }

  @Test
  void read_bindNowByEachFlag_isSeen() throws IOException {
    assertThat(read(new TinyElf().dynamic(24, 0)).bindNow()).isTrue();
    assertThat(read(new TinyElf().dynamic(30, 8)).bindNow()).isTrue();
    assertThat(read(new TinyElf().dynamic(0x6ffffffbL, 1)).bindNow()).isTrue();
    assertThat(read(new TinyElf().dynamic(30, 1)).bindNow()).isFalse();
  }

  @Test
  void read_weakFile_isSeen() throws IOException {
    ElfFile elf = read(new TinyElf().needed("x").withoutRelro().executableStack().dynamic(22, 0));

    assertThat(elf.relro()).isFalse();
    assertThat(elf.fullRelro()).isFalse();
    assertThat(elf.executableStack()).isTrue();
    assertThat(elf.textRelocations()).isTrue();
  }

  @Test
  void read_lazyBinding_isNotFullRelro() throws IOException {
    assertThat(read(new TinyElf().needed("x")).fullRelro()).isFalse();
  }

  @Test
  void read_otherFiles_areNone() throws IOException {
    assertThat(ElfReader.read(Files.writeString(folder.resolve("a"), "#!/bin/sh\n"))).isEmpty();
    assertThat(ElfReader.read(Files.write(folder.resolve("b"), new byte[0]))).isEmpty();
    assertThat(ElfReader.read(folder)).isEmpty();
    byte[] ofNoSize = new TinyElf().bytes();
    ofNoSize[4] = 3;
    assertThat(ElfReader.read(Files.write(folder.resolve("c"), ofNoSize))).isEmpty();
  }

  @Test
  void read_link_isNotFollowed() throws IOException {
    Files.write(folder.resolve("real"), new TinyElf().bytes());
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("real"));

    assertThat(ElfReader.read(link)).isEmpty();
  }

  @Test
  void read_cutFile_isDamaged() throws IOException {
    byte[] whole = new TinyElf().needed("libc.so").bytes();
    Path file = Files.write(folder.resolve("cut"), Arrays.copyOf(whole, 200));

    assertThatThrownBy(() -> ElfReader.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cut: damaged ELF headers");
  }

  @Property(tries = 300)
  void read_anyChangedByte_neverThrowsAnythingElse(
      @ForAll("positions") int position, @ForAll byte value, @ForAll Platform platform)
      throws IOException {
    byte[] bytes =
        new TinyElf().of(platform).soname("liba.so.1").needed("libc.so").interpreter("/l").bytes();
    bytes[position % bytes.length] = value;
    Path file = Files.createTempFile("elf", "");
    try {
      Optional<ElfFile> unused = ElfReader.read(Files.write(file, bytes));
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("ELF");
    } finally {
      Files.delete(file);
    }
  }

  @net.jqwik.api.Provide
  net.jqwik.api.Arbitrary<Integer> positions() {
    return net.jqwik.api.Arbitraries.integers().between(0, 1000);
  }
}
