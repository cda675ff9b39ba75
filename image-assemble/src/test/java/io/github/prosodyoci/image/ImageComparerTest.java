package io.github.prosodyoci.image;

import static io.github.prosodyoci.image.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.archive.Gzip;
import io.github.prosodyoci.core.archive.Layer;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarWriter;
import io.github.prosodyoci.image.compare.Difference;
import io.github.prosodyoci.image.compare.Difference.Cause;
import io.github.prosodyoci.image.compare.Difference.Kind;
import io.github.prosodyoci.image.registry.RegistryConnector;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageComparerTest {

  private static final long TIME = Fixture.TIME.getEpochSecond();
  private static final String DATABASE =
      """
      P:server
      V:1.0-r0
      F:usr
      F:usr/bin
      R:server

      P:tool
      V:2.0-r1
      F:usr/bin
      R:tool
      """;

  @TempDir private Path folder;
  private final List<Entry> base = new ArrayList<>();
  private final List<Entry> top = new ArrayList<>();
  private int images;

  /** An entry of a layer. */
  private record Entry(TarEntry header, byte[] content) {}

  @BeforeEach
  void image() {
    base.add(file("etc/motd", "hello\n"));
    base.add(file("lib/apk/db/installed", DATABASE));
    top.add(file("usr/bin/server", "#!/bin/sh\nexec serve\n"));
    top.add(file("usr/bin/tool", "#!/bin/sh\nexec tool\n"));
    top.add(new Entry(TarEntry.symlink("usr/bin/link", "tool", TIME), new byte[0]));
  }

  private static Entry file(String path, byte[] content) {
    return new Entry(TarEntry.file(path, 0755, content.length, TIME), content);
  }

  private static Entry file(String path, String content) {
    return file(path, content.getBytes(StandardCharsets.UTF_8));
  }

  /** Assembles an image of the two layers as they are now. */
  private Path make() throws IOException {
    return make(Fixture.description());
  }

  private Path make(ImageDescription description) throws IOException {
    Path place = folder.resolve("image" + images++);
    Json.write(
        place.resolve("rootfs.json"),
        new LayerList(
            Platform.LINUX_AMD64,
            List.of(layer(place, "base", base), layer(place, "top", top)),
            List.of()));
    Path archive = place.resolve("image.tar");
    new ImageAssembler(line -> {})
        .assemble(
            new AssembleRequest(
                place.resolve("rootfs.json"),
                description,
                archive,
                place.resolve("image.json"),
                "test"));
    return archive;
  }

  private static Layer layer(Path place, String name, List<Entry> entries) throws IOException {
    byte[] tar = tar(entries);
    Path file = place.resolve(name + ".tar.gz");
    Files.createDirectories(place);
    try (OutputStream out = Gzip.compress(Files.newOutputStream(file))) {
      out.write(tar);
    }
    return new Layer(
        name, name + ".tar.gz", Digest.of(file), Digest.of(tar), Files.size(file), List.of());
  }

  private static byte[] tar(List<Entry> entries) throws IOException {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    try (TarWriter writer = new TarWriter(tar)) {
      for (Entry each : entries) {
        writer.add(each.header(), each.content());
      }
    }
    return tar.toByteArray();
  }

  private static CompareResult compare(Path first, Path second) {
    return new ImageComparer(
            new DockerCredentials(Map.of(), first.resolveSibling("home")),
            new RegistryConnector(HttpClient.Builder.NO_PROXY, "test"),
            line -> {})
        .compare(
            new CompareRequest(
                ImageLocation.parse("oci-archive:" + first),
                ImageLocation.parse("oci-archive:" + second),
                Platform.LINUX_AMD64,
                RegistryAccess.DEFAULT,
                RegistryAccess.DEFAULT));
  }

  /** Returns the only difference. */
  private static Difference only(CompareResult result) {
    assertThat(result.isIdentical()).isFalse();
    assertThat(result.differences()).hasSize(1);
    return result.differences().get(0);
  }

  @Test
  void compare_sameLayers_areIdentical() throws Exception {
    CompareResult result = compare(make(), make());

    assertThat(result.isIdentical()).isTrue();
    assertThat(result.differences()).isEmpty();
  }

  @Test
  void compare_lineOfAFile_namesLayerPackageFileAndLine() throws Exception {
    Path first = make();
    top.set(0, file("usr/bin/server", "#!/bin/sh\nexec serve --now\n"));

    Difference found = only(compare(first, make()));

    assertThat(found.kind()).isEqualTo(Kind.CONTENT);
    assertThat(found.line())
        .startsWith("layer 2, server-1.0-r0, /usr/bin/server: content 21 bytes, sha256:");
    assertThat(found.inside()).containsExactly("line 2: \"exec serve\" / \"exec serve --now\"");
    assertThat(found.cause()).isNull();
  }

  @Test
  void compare_timeWithinAText_namesItsLikelyCause() throws Exception {
    top.set(0, file("usr/bin/server", "built 2026-11-01 10:00\n"));
    Path first = make();
    top.set(0, file("usr/bin/server", "built 2026-11-26 09:13\n"));

    assertThat(only(compare(first, make())).cause()).isEqualTo(Cause.NUMBER);
  }

  @Test
  void compare_pathWithinABinary_namesOffsetAndCause() throws Exception {
    top.set(0, file("usr/bin/server", "\0\1\2/home/jo/build\0"));
    Path first = make();
    top.set(0, file("usr/bin/server", "\0\1\2/srv/ci/build\0"));

    Difference found = only(compare(first, make()));

    assertThat(found.inside())
        .containsExactly(
            "18 / 17 bytes; at byte 4: 68 6f 6d 65 2f 6a 6f 2f 62 75 69 6c 64 00"
                + " (home/jo/build.) / 73 72 76 2f 63 69 2f 62 75 69 6c 64 00 (srv/ci/build.)");
    assertThat(found.cause()).isEqualTo(Cause.PATH);
  }

  @Test
  void compare_sectionOfAProgram_isNamed() throws Exception {
    for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
      for (boolean wide : List.of(true, false)) {
        top.set(0, file("usr/bin/server", elf(wide, order, "code", "clang 18")));
        Path first = make();
        top.set(0, file("usr/bin/server", elf(wide, order, "code", "Clang X")));

        Difference found = only(compare(first, make()));

        assertThat(found.inside())
            .hasSize(1)
            .first()
            .asString()
            .startsWith("section .comment: 8 / 7 bytes; at byte 0: 63 6c");
        assertThat(found.cause()).isEqualTo(Cause.TOOLCHAIN);
      }
    }
  }

  @Test
  void compare_damagedProgram_isComparedAsBytes() throws Exception {
    byte[] program = elf(true, ByteOrder.LITTLE_ENDIAN, "code", "clang");
    ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN).putLong(0x28, 1L << 40);
    top.set(0, file("usr/bin/server", program.clone()));
    Path first = make();
    program[program.length - 1] ^= 1;
    top.set(0, file("usr/bin/server", program));

    assertThat(only(compare(first, make())).inside().get(0)).startsWith("at byte ");
  }

  @Test
  void compare_memberOfACompressedArchive_isNamed() throws Exception {
    top.set(0, file("usr/bin/server", gzip(tar(List.of(file("a", "1"), file("b/c", "x"))), 9)));
    Path first = make();
    top.set(0, file("usr/bin/server", gzip(tar(List.of(file("a", "1"), file("b/c", "y"))), 9)));

    assertThat(only(compare(first, make())).inside())
        .containsExactly("gzip: tar member b/c: line 1: \"x\" / \"y\"");
  }

  @Test
  void compare_fileCompressedOtherwise_isToldFromOtherContent() throws Exception {
    byte[] content = "abcabcabcabc".repeat(99).getBytes(StandardCharsets.UTF_8);
    top.set(0, file("usr/bin/server", gzip(content, Deflater.NO_COMPRESSION)));
    Path first = make();
    top.set(0, file("usr/bin/server", gzip(content, Deflater.BEST_COMPRESSION)));

    Difference found = only(compare(first, make()));

    assertThat(found.inside()).containsExactly("gzip: the same content, compressed to other bytes");
    assertThat(found.cause()).isEqualTo(Cause.COMPRESSOR);
  }

  @Test
  void compare_headersOfEntries_areNamedFieldByField() throws Exception {
    Path first = make();
    top.set(0, new Entry(top.get(0).header().withMode(0700), top.get(0).content()));
    top.set(
        1,
        new Entry(
            top.get(1).header().withOwner(1000, 0, "jo", "").withMtime(TIME + 1),
            top.get(1).content()));
    top.set(2, new Entry(TarEntry.symlink("usr/bin/link", "server", TIME), new byte[0]));

    List<Difference> found = compare(first, make()).differences();

    assertThat(found)
        .extracting(Difference::line)
        .containsExactly(
            "layer 2, /usr/bin/link: link tool / server",
            "layer 2, server-1.0-r0, /usr/bin/server: mode 755 / 700",
            "layer 2, tool-2.0-r1, /usr/bin/tool: owner 0:0 / 1000:0 (jo:)",
            "layer 2, tool-2.0-r1, /usr/bin/tool: time 2026-11-01T00:00:00Z /"
                + " 2026-11-01T00:00:01Z");
    assertThat(found.get(1).cause()).isEqualTo(Cause.UMASK);
    assertThat(found.get(2).cause()).isEqualTo(Cause.USER);
    assertThat(found.get(3).cause()).isEqualTo(Cause.TIME);
  }

  @Test
  void compare_anotherOrder_isNamed() throws Exception {
    Path first = make();
    Collections.swap(top, 0, 1);

    Difference found = only(compare(first, make()));

    assertThat(found.line())
        .isEqualTo("layer 2: order entry 1 is /usr/bin/server / it is /usr/bin/tool");
    assertThat(found.cause()).isEqualTo(Cause.ORDER);
  }

  @Test
  void compare_packageThatIsMissing_isNamedInsteadOfItsFiles() throws Exception {
    Path first = make();
    base.set(
        1, file("lib/apk/db/installed", DATABASE.substring(0, DATABASE.indexOf("\nP:tool") + 1)));
    top.remove(1);

    List<Difference> found = compare(first, make()).differences();

    assertThat(found)
        .extracting(Difference::line)
        .first()
        .isEqualTo("packages, tool-2.0-r1: package installed / missing");
    assertThat(found).extracting(Difference::kind).containsExactly(Kind.PACKAGE, Kind.CONTENT);
    assertThat(found.get(1).path()).isEqualTo("lib/apk/db/installed");
  }

  @Test
  void compare_fileThatIsMissing_isNamed() throws Exception {
    Path first = make();
    top.remove(2);

    assertThat(only(compare(first, make())).line())
        .isEqualTo("layer 2, /usr/bin/link: file symlink to tool / missing");
  }

  @Test
  void compare_configuration_namesTheField() throws Exception {
    ImageDescription other = Fixture.description("example/tiny:2.0");
    ContainerConfig config = Fixture.config();
    Path second =
        make(
            new ImageDescription(
                other.name(),
                other.platform(),
                other.created(),
                new ContainerConfig(
                    config.entrypoint(),
                    config.cmd(),
                    config.env(),
                    "0:0",
                    config.ports(),
                    config.volumes(),
                    config.workingDirectory(),
                    config.labels(),
                    config.stopSignal(),
                    config.healthcheck()),
                other.annotations()));

    assertThat(only(compare(make(), second)).line())
        .isEqualTo("configuration, config.User: field 100:101 / 0:0");
  }

  @Test
  void compare_archiveThatIsMissing_isRefused() throws Exception {
    Path first = make();

    assertFails(ImageCode.NO_ARCHIVE, () -> compare(first, folder.resolve("none.tar")));
  }

  private static byte[] gzip(byte[] content, int level) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out =
        new GZIPOutputStream(bytes) {
          {
            def.setLevel(level);
          }
        }) {
      out.write(content);
    }
    return bytes.toByteArray();
  }

  /** Returns an ELF file (System V ABI) with two sections, and that of their names. */
  private static byte[] elf(boolean wide, ByteOrder order, String text, String comment) {
    String names = "\0.text\0.comment\0.shstrtab\0";
    List<String> contents = List.of(text, comment, names);
    List<Integer> nameOffsets = List.of(1, 7, 16);
    int header = wide ? 64 : 52;
    int headerSize = wide ? 64 : 40;
    int size = contents.stream().mapToInt(String::length).sum();
    ByteBuffer file = ByteBuffer.allocate(header + size + 4 * headerSize).order(order);
    file.put(0, new byte[] {0x7f, 'E', 'L', 'F', (byte) (wide ? 2 : 1)});
    file.put(5, (byte) (order == ByteOrder.LITTLE_ENDIAN ? 1 : 2));
    int at = header;
    int headers = header + size;
    for (int i = 0; i < contents.size(); i++) {
      int section = headers + (i + 1) * headerSize;
      byte[] bytes = contents.get(i).getBytes(StandardCharsets.US_ASCII);
      file.put(at, bytes);
      file.putInt(section, nameOffsets.get(i)).putInt(section + 4, 1);
      if (wide) {
        file.putLong(section + 0x18, at).putLong(section + 0x20, bytes.length);
      } else {
        file.putInt(section + 0x10, at).putInt(section + 0x14, bytes.length);
      }
      at += bytes.length;
    }
    if (wide) {
      file.putLong(0x28, headers);
    } else {
      file.putInt(0x20, headers);
    }
    file.putShort(wide ? 0x3a : 0x2e, (short) headerSize)
        .putShort(wide ? 0x3c : 0x30, (short) 4)
        .putShort(wide ? 0x3e : 0x32, (short) 3);
    return file.array();
  }
}
