package io.github.prosodyoci.packages.apk;

import static io.github.prosodyoci.packages.apk.RawApk.gzip;
import static io.github.prosodyoci.packages.apk.RawApk.pkgInfo;
import static io.github.prosodyoci.packages.apk.RawApk.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.core.FailureCode;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.archive.ArchiveCode;
import io.github.prosodyoci.core.archive.RawTar;
import io.github.prosodyoci.packages.PackageCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Packages that are not what they should be. */
@Tag("slow")
class HostileApkTest {

  private static final byte[] NOTHING = {};
  private static final byte[] DATA = gzip(new RawTar().folder("usr").file("usr/hi", "hi").end());

  @TempDir Path folder;

  private void assertRefused(RawApk apk, FailureCode code) throws IOException {
    assertRefused(apk.bytes(), code);
  }

  private void assertRefused(byte[] bytes, FailureCode code) throws IOException {
    Path file = Files.write(folder.resolve("x.apk"), bytes);
    Path root = folder.resolve("root");
    assertThatThrownBy(() -> Apk.read(file).extract(root))
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failureCode()).as(e.getMessage()).isEqualTo(code))
        .hasMessageStartingWith("Could not ")
        .message()
        .matches(message -> message.chars().noneMatch(c -> c < ' '), "has no control characters");
    assertThat(root).doesNotExist();
  }

  private static RawApk withPkgInfo(String text) {
    return RawApk.of(text, DATA);
  }

  private static RawApk withControl(RawTar control) {
    return new RawApk().member(gzip(control.cut())).member(DATA);
  }

  @Test
  void read_anotherPackageThanTheIndexNames_isRefused() throws IOException {
    Path file = RawApk.of(pkgInfo(DATA), DATA).write(folder);
    String identity = Apk.read(file).identity();
    assertThat(Apk.read(file, identity, "hello-1-r0").info().name()).isEqualTo("hello");
    for (List<String> expected :
        List.of(
            List.of("Q1" + "A".repeat(27) + "=", "hello-1-r0"), List.of(identity, "hello-2-r0"))) {
      assertThatThrownBy(() -> Apk.read(file, expected.get(0), expected.get(1)))
          .isInstanceOfSatisfying(
              FailureException.class,
              e -> assertThat(e.failureCode()).isEqualTo(PackageCode.APK_IDENTITY))
          .hasMessageContaining(expected.get(0))
          .hasMessageContaining(identity);
    }
  }

  @Test
  void visit_otherFilesThanTheControlPartNames_areRefused() throws IOException {
    byte[] other = gzip(new RawTar().folder("usr").file("usr/hi", "ho").end());
    assertRefused(RawApk.of(pkgInfo(DATA), other), PackageCode.APK_DATAHASH);
  }

  @Test
  void verify_wrongChecksumOfAFile_isRefused() throws IOException {
    String zeros = "0".repeat(40);
    assertRefused(
        RawApk.of(
            new RawTar().pax(RawTar.record(PackageWriter.CHECKSUM, zeros)).file("f", "abc").end()),
        PackageCode.APK_DATAHASH);
    assertRefused(
        RawApk.of(
            new RawTar()
                .pax(RawTar.record(PackageWriter.CHECKSUM, zeros))
                .link("l", '2', "target")
                .end()),
        PackageCode.APK_DATAHASH);
    assertRefused(
        RawApk.of(
            new RawTar().pax(RawTar.record(PackageWriter.CHECKSUM, "x")).file("f", "abc").end()),
        PackageCode.APK_FORMAT);
  }

  static Stream<Arguments> badPkgInfos() {
    String good = pkgInfo(DATA);
    String hash = good.substring(good.indexOf("datahash"));
    return Stream.of(
        Arguments.of("no datahash", good.replace(hash, "")),
        Arguments.of("two of them", good + hash),
        Arguments.of(
            "in capitals",
            good.replace(hash, "")
                + hash.toUpperCase(java.util.Locale.ROOT).replace("DATAHASH", "datahash")),
        Arguments.of("short", good.substring(0, good.length() - 3)),
        Arguments.of("name twice", good + "pkgname = other\n"),
        Arguments.of("size is no number", good + "size = many\n"),
        Arguments.of("size below 0", good + "size = -1\n"),
        Arguments.of("size too large", good + "size = 99999999999999999999\n"),
        Arguments.of("priority too large", good + "provider_priority = 65536\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badPkgInfos")
  void read_badPkgInfo_isRefused(String name, String text) throws IOException {
    assertRefused(withPkgInfo(text), PackageCode.APK_FORMAT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pkgname = ../x", "pkgname = a/b", "pkgname = .x", "pkgname = -x", "pkgname = ",
        "arch = a/b", "arch = ..", "pkgver = 1/..", "pkgver = 1 2", "pkgver = 1-x",
        "depend = a=1/..", "depend = !", "provides = a=", "pkgdesc = a\u001b[31m"
      })
  void read_badName_isRefused(String line) throws IOException {
    String key = line.substring(0, line.indexOf(' '));
    String others =
        Arrays.stream(pkgInfo(DATA).split("\n", -1))
            .filter(each -> !each.startsWith(key + " "))
            .reduce("", (a, b) -> a + b + "\n");
    assertRefused(withPkgInfo(others + line + "\n"), PackageCode.BAD_NAME);
  }

  static Stream<Arguments> badControls() {
    String info = pkgInfo(DATA);
    return Stream.of(
        Arguments.of("two .PKGINFO", new RawTar().file(".PKGINFO", info).file(".PKGINFO", info)),
        Arguments.of("none", new RawTar().file(".post-install", "#!/bin/sh\n")),
        Arguments.of("a script before", new RawTar().file(".trigger", "").file(".PKGINFO", info)),
        Arguments.of(
            "a script twice",
            new RawTar().file(".PKGINFO", info).file(".trigger", "").file(".trigger", "")),
        Arguments.of("a folder", new RawTar().file(".PKGINFO", info).folder(".x")),
        Arguments.of("a path", new RawTar().file(".PKGINFO", info).file(".x/y", "")),
        Arguments.of("a file", new RawTar().file(".PKGINFO", info).file("etc/passwd", "")),
        Arguments.of("a signature", new RawTar().file(".PKGINFO", info).file(".SIGN.RSA.k", "")),
        Arguments.of("a link", new RawTar().link(".PKGINFO", '2', "x")),
        Arguments.of("nothing", new RawTar()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badControls")
  void read_controlPartWithMoreOrLess_isRefused(String name, RawTar control) throws IOException {
    assertRefused(withControl(control), PackageCode.APK_FORMAT);
  }

  @Test
  void read_controlPartWithFilesOfOtherPrograms_isRead() throws IOException {
    RawApk apk =
        withControl(
            new RawTar()
                .file(".PKGINFO", RawApk.pkgInfo(RawApk.gzip(new RawTar().end())))
                .file(".melange.yaml", "package:\n")
                .file(".post-install", "#!/bin/sh\n")
                .file(".other", new byte[] {(byte) 0xff}));
    assertThat(Apk.read(apk.write(folder)).scripts()).containsOnlyKeys(ScriptType.POST_INSTALL);
  }

  @Test
  void read_controlPartWithAnEnd_isRefused() throws IOException {
    assertRefused(
        withControl(new RawTar().file(".PKGINFO", pkgInfo(DATA)).zeros(2)), ArchiveCode.TAR_FORMAT);
    assertRefused(
        withControl(new RawTar().file(".PKGINFO", pkgInfo(DATA)).zeros(1)), ArchiveCode.TAR_FORMAT);
  }

  @ParameterizedTest
  @ValueSource(strings = {".PKGINFO", "APKINDEX", ".SIGNED"})
  void read_somethingHiddenInTheSignaturePart_isRefused(String name) throws IOException {
    byte[] signature = new RawTar().file(".SIGN.RSA256.k", "x").file(name, pkgInfo(DATA)).cut();
    assertRefused(withPkgInfo(pkgInfo(DATA)).signedBy(signature), PackageCode.APK_FORMAT);
  }

  @Test
  void read_signatureThatIsTooLong_isRefused() throws IOException {
    byte[] signature = new RawTar().file(".SIGN.RSA256.k", new byte[1 << 20]).cut();
    assertRefused(withPkgInfo(pkgInfo(DATA)).signedBy(signature), PackageCode.LIMIT);
  }

  @Test
  void read_moreOrOtherMembers_areRefused() throws IOException {
    RawApk good = withPkgInfo(pkgInfo(DATA));
    byte[] bytes = good.bytes();
    assertRefused(Arrays.copyOf(bytes, bytes.length - 1), PackageCode.APK_FORMAT);
    assertRefused(Arrays.copyOf(bytes, 5), PackageCode.APK_FORMAT);
    assertRefused(new RawApk().member(good.first()), PackageCode.APK_FORMAT);
    assertRefused(withPkgInfo(pkgInfo(DATA)).member(DATA), PackageCode.APK_FORMAT);
    assertRefused(withPkgInfo(pkgInfo(DATA)).member(utf8("rubbish")), PackageCode.APK_FORMAT);
    assertRefused(withPkgInfo(pkgInfo(DATA)).member(gzip(NOTHING)), PackageCode.APK_FORMAT);
    RawApk empty = new RawApk();
    for (int i = 0; i < 1000; i++) {
      empty.member(gzip(NOTHING));
    }
    assertRefused(empty, PackageCode.APK_FORMAT);
    assertRefused(NOTHING, PackageCode.APK_FORMAT);
  }

  @Test
  void visit_dataAfterTheEnd_areRefused() throws IOException {
    assertRefused(
        RawApk.of(new RawTar().file("f", "abc").zeros(2).file("g", "hidden").end()),
        ArchiveCode.TAR_AMBIGUOUS);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8, 16, 32, 64, 128})
  void read_optionalGzipFields_areRefused(int flag) throws IOException {
    byte[] bytes = withPkgInfo(pkgInfo(DATA)).bytes();
    bytes[3] |= (byte) flag;
    assertRefused(bytes, PackageCode.APK_FORMAT);
  }

  @Test
  void read_otherFormats_areNamed() throws IOException {
    for (byte[] start :
        List.of(utf8("ADBc"), utf8("ADB."), new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd})) {
      assertRefused(Arrays.copyOf(start, 100), PackageCode.APK_V3_UNSUPPORTED);
    }
  }

  static Stream<Arguments> escapes() {
    return Stream.of(
        Arguments.of(
            "a link to outside, and through it",
            new RawTar().link("l", '2', "/etc").file("l/passwd", "x")),
        Arguments.of("a link upwards", new RawTar().link("l", '2', "..").file("l/x", "x")),
        Arguments.of(
            "a chain of links",
            new RawTar()
                .folder("d")
                .link("d/a", '2', "..")
                .link("d/b", '2', "a/..")
                .file("d/b/x", "x")),
        Arguments.of(
            "a hard link to what comes later", new RawTar().link("h", '1', "f").file("f", "x")),
        Arguments.of("a hard link to a folder", new RawTar().folder("d").link("h", '1', "d")),
        Arguments.of("a hard link to a pipe", new RawTar().link("p", '6', "").link("h", '1', "p")),
        Arguments.of("a hard link to nothing", new RawTar().link("h", '1', "etc/shadow")),
        Arguments.of("a file as folder", new RawTar().file("f", "x").file("f/g", "x")),
        Arguments.of("no folder", new RawTar().file("usr/bin/f", "x")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("escapes")
  void visit_wayOutOfTheRoot_isRefused(String name, RawTar tar) throws IOException {
    assertRefused(RawApk.of(tar.end()), ArchiveCode.TAR_ESCAPE);
  }

  static Stream<Arguments> badFiles() {
    return Stream.of(
        Arguments.of("twice", new RawTar().file("f", "x").file("f", "y")),
        Arguments.of("a folder over a file", new RawTar().file("f", "x").folder("f")),
        Arguments.of("a .PKGINFO among the files", new RawTar().file(".PKGINFO", "x")),
        Arguments.of("a script among the files", new RawTar().file(".post-install", "x")),
        Arguments.of("a signature among the files", new RawTar().file(".SIGN.RSA.x", "x")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badFiles")
  void visit_filesThatContradict_areRefused(String name, RawTar tar) throws IOException {
    assertRefused(RawApk.of(tar.end()), PackageCode.APK_FORMAT);
  }

  @Test
  void extract_throughTheLinkOfAnotherPackage_isRefused() throws IOException {
    Path root = folder.resolve("root");
    Path outside = Files.createDirectories(folder.resolve("outside"));
    Apk.read(RawApk.of(new RawTar().link("l", '2', "../outside").end()).write(folder))
        .extract(root);
    Path second = RawApk.of(new RawTar().folder("l").file("l/f", "x").end()).write(folder);
    assertThatThrownBy(() -> Apk.read(second).extract(root))
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failureCode()).isEqualTo(ArchiveCode.TAR_ESCAPE));
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void extract_folderOrFileInPlaceOfAnother_isRefusedAndFollowsNoLink() throws IOException {
    Path root = folder.resolve("root");
    Path outside = Files.createDirectories(folder.resolve("outside"));
    FileTime time = FileTime.from(Instant.parse("2026-11-26T00:00:00Z"));
    Files.setLastModifiedTime(outside, time);
    Apk.read(
            RawApk.of(new RawTar().link("l", '2', "../outside").folder("d").file("d/f", "x").end())
                .write(folder))
        .extract(root);

    for (byte[] second :
        List.of(
            new RawTar().folder("l").end(),
            new RawTar().file("d", "x").end(),
            new RawTar().link("d", '2', "../outside").end())) {
      Path file = RawApk.of(second).write(folder);
      assertThatThrownBy(() -> Apk.read(file).extract(root))
          .isInstanceOfSatisfying(
              FailureException.class,
              e -> assertThat(e.failureCode()).isEqualTo(ArchiveCode.TAR_ESCAPE));
    }

    assertThat(outside).isEmptyDirectory();
    assertThat(Files.getLastModifiedTime(outside)).isEqualTo(time);
    assertThat(root.resolve("d/f")).hasContent("x");
  }

  @Test
  void extract_hardLinkToALink_isRefused() throws IOException {
    Path root = folder.resolve("root");
    Path secret = Files.writeString(folder.resolve("secret"), "s");
    Path file =
        RawApk.of(new RawTar().link("l", '2', secret.toString()).link("hard", '1', "l").end())
            .write(folder);

    assertThatThrownBy(() -> Apk.read(file).extract(root))
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failureCode()).isEqualTo(ArchiveCode.TAR_ESCAPE));
    assertThat(root.resolve("hard")).doesNotExist();
  }

  @Test
  void extract_overTheLinkOfAnotherPackage_replacesTheLink() throws IOException {
    Path root = folder.resolve("root");
    Path outside = Files.writeString(folder.resolve("outside"), "untouched");
    Apk.read(RawApk.of(new RawTar().link("l", '2', "../outside").end()).write(folder))
        .extract(root);
    Apk.read(RawApk.of(new RawTar().file("l", "new").end()).write(folder)).extract(root);
    assertThat(outside).hasContent("untouched");
    assertThat(root.resolve("l")).isRegularFile().hasContent("new");
  }

  @Test
  void scripts_areRecordedAndNeverRun() throws IOException {
    Path witness = folder.resolve("witness");
    String script = "#!/bin/sh\ntouch " + witness + "\n";
    RawTar control = new RawTar().file(".PKGINFO", pkgInfo(DATA) + "triggers = /usr /lib/*\n");
    for (ScriptType type : ScriptType.values()) {
      control.file("." + type, script);
    }
    Path file = withControl(control).write(folder);
    Apk apk = Apk.read(file);
    apk.extract(folder.resolve("root"));
    assertThat(apk.scripts()).containsOnlyKeys(ScriptType.values()).containsValue(script);
    assertThat(apk.info().triggers()).containsExactly("/usr", "/lib/*");
    assertThat(witness).doesNotExist();
  }

  @Test
  void read_controlPartThatUnpacksToMuch_isRefusedSoon() throws IOException {
    assertRefused(new RawApk().member(zeros(100L << 20)).member(DATA), PackageCode.LIMIT);
  }

  @Test
  void visit_filesThatUnpackToMuch_areRefusedSoon() throws IOException {
    byte[] head = new RawTar().entry("f", '0', NOTHING, block -> block.size((8L << 30) - 1)).cut();
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(bomb, 1 << 16)) {
      gzip.write(head);
      for (int i = 0; i < 1200; i++) {
        gzip.write(new byte[1 << 17]);
      }
    }
    assertRefused(RawApk.of(pkgInfo(DATA), bomb.toByteArray()), PackageCode.LIMIT);
  }

  private static byte[] zeros(long size) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(bytes, 1 << 16)) {
      for (long left = size; left > 0; left -= 1 << 20) {
        gzip.write(new byte[1 << 20]);
      }
    }
    return bytes.toByteArray();
  }
}
