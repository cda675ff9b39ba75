package io.github.prosodyoci.core.archive;

import static io.github.prosodyoci.core.archive.RawTar.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.prosodyoci.core.FailureException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tar files that lie, are ambiguous or want too much, and those of real releases. */
class TarReaderTest {

  private static final byte[] NOTHING = {};
  private static final byte[] ABC = {'a', 'b', 'c'};

  private static List<TarEntry> read(byte[] tar) throws IOException {
    return read(new ByteArrayInputStream(tar));
  }

  private static List<TarEntry> read(InputStream in) throws IOException {
    return read(new TarReader(in, "t.tar", TarReader.Dialect.ARCHIVE));
  }

  private static List<TarEntry> read(TarReader reader) throws IOException {
    List<TarEntry> entries = new ArrayList<>();
    for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
      entries.add(entry);
    }
    return entries;
  }

  private static void assertRefused(byte[] tar, ArchiveCode code) {
    assertThatThrownBy(() -> read(tar))
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failureCode()).as(e.getMessage()).isEqualTo(code))
        .hasMessageStartingWith("Could not ")
        .hasMessageContaining("t.tar")
        .message()
        .matches(message -> message.chars().noneMatch(c -> c < ' '), "has no control characters");
  }

  private static RawTar tar() {
    return new RawTar();
  }

  static Stream<Arguments> badFormat() {
    byte[] negative = new byte[12];
    java.util.Arrays.fill(negative, (byte) 0xff);
    byte[] huge = new byte[12];
    huge[0] = (byte) 0x80;
    huge[4] = (byte) 0x80;
    return Stream.of(
        Arguments.of("size -1 base-256", size(negative)),
        Arguments.of("size 2^63 base-256", size(huge)),
        Arguments.of("size -1 in text", size("-1".getBytes(StandardCharsets.US_ASCII))),
        Arguments.of("size octal junk", size("0000000008x".getBytes(StandardCharsets.US_ASCII))),
        Arguments.of("size empty", size(NOTHING)),
        Arguments.of(
            "size beyond the end", size("77777777777".getBytes(StandardCharsets.US_ASCII))),
        Arguments.of(
            "uid 2^31 base-256",
            tar()
                .entry(
                    "f",
                    '0',
                    NOTHING,
                    b -> b.put(108, 8, new byte[] {-128, 0, 0, 0, -128, 0, 0, 0}))
                .end()),
        Arguments.of(
            "negative mtime", tar().entry("f", '0', NOTHING, b -> b.put(136, 12, negative)).end()),
        Arguments.of(
            "mode junk", tar().entry("f", '0', NOTHING, b -> b.text(100, 8, "rw-r")).end()),
        Arguments.of(
            "long name of 2 GB", tar().entry("f", 'L', NOTHING, b -> b.size(1L << 31)).end()),
        Arguments.of("long link", tar().entry("f", 'K', NOTHING, b -> b.size(20)).end()),
        Arguments.of(
            "pax header of 2 GB", tar().entry("f", 'x', NOTHING, b -> b.size(1L << 31)).end()),
        Arguments.of(
            "a million pax records",
            tar()
                .pax('x', record("a", "").repeat(1_000_000).getBytes(StandardCharsets.US_ASCII))
                .file("f", ABC)
                .end()),
        Arguments.of("pax length too long", tar().pax("99 a=b\n").file("f", ABC).end()),
        Arguments.of("pax length 0", tar().pax("0 a=b\n").file("f", ABC).end()),
        Arguments.of("pax length huge", tar().pax("99999999999 a=b\n").file("f", ABC).end()),
        Arguments.of("pax without =", tar().pax("6 abc\n").file("f", ABC).end()),
        Arguments.of("pax without line end", tar().pax("6 a=bc").file("f", ABC).end()),
        Arguments.of("pax then nothing", tar().pax(record("a", "b")).end()),
        Arguments.of("no magic", tar().entry("f", '0', NOTHING, b -> b.text(257, 8, "")).end()),
        Arguments.of(
            "name not UTF-8",
            tar()
                .entry("f", '0', NOTHING, b -> b.put(0, 100, new byte[] {'a', (byte) 0xff}))
                .end()),
        Arguments.of("half a header", java.util.Arrays.copyOf(tar().file("f", ABC).cut(), 100)),
        Arguments.of("half a file", java.util.Arrays.copyOf(tar().file("f", ABC).cut(), 514)),
        Arguments.of("half the padding", java.util.Arrays.copyOf(tar().file("f", ABC).cut(), 600)),
        Arguments.of("symlink to nowhere", tar().link("l", '2', "").end()),
        Arguments.of("symlink with line end", tar().link("l", '2', "a\nb").end()));
  }

  private static byte[] size(byte[] field) {
    return tar().entry("f", '0', NOTHING, b -> b.put(124, 12, field)).end();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badFormat")
  void next_badFormat_isRefused(String name, byte[] tar) {
    assertRefused(tar, ArchiveCode.TAR_FORMAT);
  }

  static Stream<Arguments> ambiguous() {
    byte[] badSum = tar().file("f", ABC).end();
    badSum[0] = 'g';
    return Stream.of(
        Arguments.of("pax size bigger", tar().pax(record("size", "4")).file("f", ABC).end()),
        Arguments.of("pax size smaller", tar().pax(record("size", "2")).file("f", ABC).end()),
        Arguments.of(
            "pax size of a link", tar().pax(record("size", "3")).link("l", '2', "x").end()),
        Arguments.of("pax uid", tar().pax(record("uid", "2147483648")).file("f", ABC).end()),
        Arguments.of("size of a symlink", tar().entry("l", '2', ABC, b -> b.link("x")).end()),
        Arguments.of(
            "size of a hard link",
            tar().file("x", ABC).entry("l", '1', ABC, b -> b.link("x")).end()),
        Arguments.of("size of a folder", tar().entry("d/", '5', ABC, b -> {}).end()),
        Arguments.of("NUL in pax path", tar().pax(record("path", "a\0b")).file("f", ABC).end()),
        Arguments.of(
            "NUL and line end in a record", tar().pax(record("a\nb", "\0")).file("f", ABC).end()),
        Arguments.of(
            "pax path twice",
            tar().pax(record("path", "a"), record("path", "b")).file("f", ABC).end()),
        Arguments.of(
            "global pax path",
            tar()
                .pax('g', record("path", "a").getBytes(StandardCharsets.US_ASCII))
                .file("f", ABC)
                .end()),
        Arguments.of("hdrcharset", tar().pax(record("hdrcharset", "BINARY")).file("f", ABC).end()),
        Arguments.of("sparse", tar().pax(record("GNU.sparse.size", "9")).file("f", ABC).end()),
        Arguments.of("pax then pax", tar().pax(record("a", "b")).pax(record("a", "b")).end()),
        Arguments.of("bad checksum", badSum),
        Arguments.of("type NUL", tar().entry("f", '\0', ABC, b -> {}).end()),
        Arguments.of("type Z", tar().entry("f", 'Z', ABC, b -> {}).end()),
        Arguments.of(
            "target of a file", tar().pax(record("linkpath", "usr/a")).file("f", ABC).end()),
        Arguments.of(
            "prefix of GNU tar",
            tar().entry("g", '0', ABC, b -> b.text(257, 8, "ustar  ").text(345, 155, "opt")).end()),
        Arguments.of(
            "two pax headers",
            tar().pax(record("a", "b")).pax(record("c", "d")).file("f", ABC).end()),
        Arguments.of("data after the end", tar().file("f", ABC).zeros(2).bytes(ABC).cut()),
        Arguments.of("type S", tar().entry("f", 'S', ABC, b -> {}).end()),
        Arguments.of("type 7", tar().entry("f", '7', ABC, b -> {}).end()),
        Arguments.of("no end", tar().file("f", ABC).cut()),
        Arguments.of("nothing at all", NOTHING),
        Arguments.of("one zero block", tar().file("f", ABC).zeros(1).cut()),
        Arguments.of(
            "one zero block, then data", tar().file("f", ABC).zeros(1).file("g", ABC).end()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ambiguous")
  void next_whatReadersUnderstandDifferently_isRefused(String name, byte[] tar) {
    assertRefused(tar, ArchiveCode.TAR_AMBIGUOUS);
  }

  @ParameterizedTest
  @MethodSource("escapes")
  void next_pathThatIsNotPlain_isRefused(String path) {
    assertRefused(tar().pax(record("path", path)).file("f", ABC).end(), ArchiveCode.TAR_ESCAPE);
  }

  static Stream<String> escapes() {
    return Stream.of(
        "/abs",
        "../up",
        "a/../b",
        "a/..",
        "./a",
        "a/./b",
        "",
        ".",
        "..",
        "file/",
        "a//b",
        "a\nb",
        "a\u001b[31mb",
        "a\u007fb",
        "n".repeat(256),
        "é".repeat(128),
        "d/".repeat(2048) + "f");
  }

  @Test
  void next_hardLinkOutside_isRefused() {
    assertRefused(tar().file("f", ABC).link("l", '1', "../f").end(), ArchiveCode.TAR_ESCAPE);
    assertRefused(tar().file("f", ABC).link("l", '1', "/f").end(), ArchiveCode.TAR_ESCAPE);
  }

  @Test
  void next_unusualNames_areKeptByteForByte() throws IOException {
    List<String> names =
        List.of(
            "A",
            "a",
            "\u00e9",
            "e\u0301",
            "n".repeat(255),
            "d/".repeat(2000) + "f",
            " ",
            "-rf",
            "\ud83d\ude00");
    RawTar tar = tar();
    names.forEach(name -> tar.pax(record("path", name)).file("f", ABC));
    assertThat(read(tar.end())).extracting(TarEntry::path).isEqualTo(names);
  }

  @Test
  void next_fieldsWithoutNul_areReadToTheirEnds() throws IOException {
    TarEntry entry =
        read(tar()
                .entry(
                    "",
                    '2',
                    NOTHING,
                    b ->
                        b.text(0, 100, "n".repeat(100))
                            .text(345, 155, "p".repeat(155))
                            .text(157, 100, "l".repeat(100))
                            .text(265, 32, "u".repeat(32))
                            .text(297, 32, "g".repeat(32))
                            .text(108, 8, "77777777")
                            .text(136, 12, "777777777777"))
                .end())
            .get(0);
    assertThat(entry)
        .isEqualTo(
            new TarEntry(
                "p".repeat(155) + "/" + "n".repeat(100),
                TarEntry.Type.SYMLINK,
                0644,
                077777777,
                0,
                0,
                0777777777777L,
                "l".repeat(100),
                "u".repeat(32),
                "g".repeat(32),
                Map.of()));
  }

  @Test
  void next_devicesSetIdAndAttributes_areShownAsTheyAre() throws IOException {
    String capability = "\u0001\0\0\u0002\0 \0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    List<TarEntry> entries =
        read(
            tar()
                .entry("c", '3', NOTHING, b -> {})
                .entry("b", '4', NOTHING, b -> {})
                .entry("p", '6', NOTHING, b -> {})
                .pax(record("SCHILY.xattr.security.capability", capability), record("atime", "1.5"))
                .entry("s", '0', ABC, b -> b.text(100, 8, "0104755"))
                .end());
    assertThat(entries)
        .extracting(TarEntry::type)
        .containsExactly(
            TarEntry.Type.CHARACTER_DEVICE,
            TarEntry.Type.BLOCK_DEVICE,
            TarEntry.Type.FIFO,
            TarEntry.Type.FILE);
    assertThat(entries.get(3).mode()).isEqualTo(04755);
    assertThat(entries.get(3).paxHeaders())
        .containsExactly(Map.entry("SCHILY.xattr.security.capability", capability));
  }

  @Test
  void next_attributeThatIsNotUtf8_isKeptByteByByte() throws IOException {
    String record = "36 SCHILY.xattr.user.x=\u0080\u00ff\0=a\nb\u00c3(\n";
    String key = "SCHILY.xattr.user.x";
    byte[] bytes = record.getBytes(StandardCharsets.ISO_8859_1);
    bytes[0] = (byte) ('0' + bytes.length / 10);
    bytes[1] = (byte) ('0' + bytes.length % 10);
    List<TarEntry> entries = read(tar().pax('x', bytes).entry("s", '0', ABC, block -> {}).end());
    assertThat(entries.get(0).paxHeaders())
        .containsExactly(Map.entry(key, "\u0080\u00ff\0=a\nb\u00c3("));
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    try (TarWriter writer = new TarWriter(written)) {
      writer.add(entries.get(0), ABC);
    }
    assertThat(read(written.toByteArray())).containsExactly(entries.get(0));
  }

  @Test
  void next_fileOfEightGigabytes_isPassedOver() throws IOException {
    long size = (8L << 30) - 1;
    InputStream content =
        new InputStream() {
          private long left = size + 1;

          @Override
          public int read() {
            throw new AssertionError("read byte by byte");
          }

          @Override
          public int read(byte[] bytes, int start, int length) {
            int n = (int) Math.min(left, length);
            left -= n;
            return n == 0 ? -1 : n;
          }
        };
    InputStream head =
        new ByteArrayInputStream(
            tar()
                .entry(
                    "f",
                    '0',
                    NOTHING,
                    b -> b.text(124, 12, String.format(Locale.ROOT, "%011o", size)))
                .cut());
    InputStream tail = new ByteArrayInputStream(tar().file("g", ABC).end());
    assertThat(read(new SequenceInputStream(head, new SequenceInputStream(content, tail))))
        .extracting(TarEntry::size)
        .containsExactly(size, 3L);
  }

  private static List<TarEntry> readSource(byte[] tar) throws IOException {
    return read(new TarReader(new ByteArrayInputStream(tar), "t.tar", TarReader.Dialect.SOURCE));
  }

  @Test
  void next_releaseOfGnuTar_hasItsLongNamesAndNumbers() throws IOException {
    String name = "a/" + "long/".repeat(30) + "file";
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes, "UTF-8")) {
      out.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
      out.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
      TarArchiveEntry file = new TarArchiveEntry(name);
      file.setSize(3);
      file.setIds(0x7fffffff, 0);
      out.putArchiveEntry(file);
      out.write(ABC);
      out.closeArchiveEntry();
      TarArchiveEntry link = new TarArchiveEntry("a/link", TarConstants.LF_LINK);
      link.setLinkName(name);
      out.putArchiveEntry(link);
      out.closeArchiveEntry();
    }
    assertThat(readSource(bytes.toByteArray()))
        .extracting(TarEntry::path, TarEntry::type, TarEntry::link, TarEntry::uid)
        .containsExactly(
            tuple(name, TarEntry.Type.FILE, "", 0x7fffffff),
            tuple("a/link", TarEntry.Type.HARDLINK, name, 0));
    assertRefused(bytes.toByteArray(), ArchiveCode.TAR_FORMAT);
  }

  @Test
  void next_releaseWithGlobalCommentAndDots_hasPlainPaths() throws IOException {
    byte[] tar =
        tar()
            .pax('g', record("comment", "0123").getBytes(StandardCharsets.US_ASCII))
            .folder(".")
            .folder("./a")
            .file("./a//b", ABC)
            .link("./a/h", '1', "./a/b")
            .link("./a/s", '2', "./b")
            .end();
    assertThat(readSource(tar))
        .extracting(TarEntry::path, TarEntry::link)
        .containsExactly(
            tuple("a", ""), tuple("a/b", ""), tuple("a/h", "a/b"), tuple("a/s", "./b"));
    assertRefused(tar, ArchiveCode.TAR_AMBIGUOUS);
  }

  @Test
  void next_releaseInTheOldFormat_isRead() throws IOException {
    byte[] tar =
        tar()
            .entry("a/", '\0', NOTHING, b -> b.put(257, 8, NOTHING))
            .entry("a/b", '\0', ABC, b -> b.put(257, 8, NOTHING))
            .end();
    assertThat(readSource(tar))
        .extracting(TarEntry::path, TarEntry::type)
        .containsExactly(tuple("a", TarEntry.Type.DIRECTORY), tuple("a/b", TarEntry.Type.FILE));
  }

  static Stream<Arguments> badReleases() {
    return Stream.of(
        Arguments.of(tar().file("./../a", ABC).end(), ArchiveCode.TAR_ESCAPE),
        Arguments.of(tar().file("/a", ABC).end(), ArchiveCode.TAR_ESCAPE),
        Arguments.of(tar().file("./", ABC).end(), ArchiveCode.TAR_ESCAPE),
        Arguments.of(tar().file("a", ABC).link("l", '1', "./../a").end(), ArchiveCode.TAR_ESCAPE),
        Arguments.of(
            tar()
                .pax('g', record("path", "a").getBytes(StandardCharsets.US_ASCII))
                .file("f", ABC)
                .end(),
            ArchiveCode.TAR_AMBIGUOUS),
        Arguments.of(
            tar()
                .pax('L', "a\0".getBytes(StandardCharsets.US_ASCII))
                .pax(record("path", "b"))
                .file("f", ABC)
                .end(),
            ArchiveCode.TAR_AMBIGUOUS),
        Arguments.of(
            tar().pax('L', "a\0b\0".getBytes(StandardCharsets.US_ASCII)).file("f", ABC).end(),
            ArchiveCode.TAR_AMBIGUOUS),
        Arguments.of(
            tar().pax('L', "a\0".getBytes(StandardCharsets.US_ASCII)).end(),
            ArchiveCode.TAR_FORMAT),
        Arguments.of(
            size(new byte[] {-128, 0, 0, 0, -1, -1, -1, -1, -1, -1, -1, -1}),
            ArchiveCode.TAR_FORMAT),
        Arguments.of(tar().file("f", ABC).cut(), ArchiveCode.TAR_AMBIGUOUS));
  }

  @ParameterizedTest
  @MethodSource("badReleases")
  void next_badRelease_isRefused(byte[] tar, ArchiveCode code) {
    assertThatThrownBy(() -> readSource(tar))
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failureCode()).as(e.getMessage()).isEqualTo(code));
  }

  @Test
  void offset_afterNext_isWhereTheContentBegins() throws IOException {
    byte[] tar = tar().file("a", ABC).pax(record("path", "b")).file("x", new byte[600]).end();
    TarReader reader =
        new TarReader(new ByteArrayInputStream(tar), "t.tar", TarReader.Dialect.ARCHIVE);
    reader.next();
    assertThat(reader.offset()).isEqualTo(512);
    reader.next();
    assertThat(reader.offset()).isEqualTo(5 * 512);
  }
}
