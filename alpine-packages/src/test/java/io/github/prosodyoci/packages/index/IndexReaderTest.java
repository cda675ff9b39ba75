package io.github.prosodyoci.packages.index;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.core.FailureCode;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.archive.RawTar;
import io.github.prosodyoci.packages.PackageCode;
import io.github.prosodyoci.packages.apk.RawApk;
import io.github.prosodyoci.packages.apk.Signer;
import io.github.prosodyoci.packages.apk.TrustedKeys;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IndexReaderTest {

  private static final String ID = "Q1" + "A".repeat(27) + "=";
  private static final String RECORD = "C:" + ID + "\nP:hello\nV:1-r0\nA:x86_64\n";
  private static Signer signer;

  @TempDir Path folder;

  @BeforeAll
  static void makeKey() {
    signer = Signer.generate("test.rsa.pub", 2048);
  }

  private static RawApk index(RawTar tar) {
    return new RawApk().member(RawApk.gzip(tar.end()));
  }

  private static RawTar text(String text) {
    return new RawTar().file("DESCRIPTION", "v1").file("APKINDEX", text);
  }

  private List<IndexEntry> read(String text) throws IOException {
    return read(index(text(text)).sign(signer).bytes());
  }

  private List<IndexEntry> read(byte[] bytes) throws IOException {
    return IndexReader.read(
        Files.write(folder.resolve("APKINDEX.tar.gz"), bytes), TrustedKeys.of(signer));
  }

  private void assertRefused(byte[] bytes, FailureCode code) {
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failureCode()).as(e.getMessage()).isEqualTo(code))
        .hasMessageStartingWith("Could not ")
        .hasMessageContaining("APKINDEX")
        .message()
        .matches(message -> message.chars().noneMatch(c -> c < ' '), "has no control characters");
  }

  private void assertRefused(String text, FailureCode code) throws IOException {
    assertRefused(index(text(text)).sign(signer).bytes(), code);
  }

  @Test
  void read_unknownLowerCaseField_isPassedOver() throws IOException {
    assertThat(read(RECORD + "z:later\n\n"))
        .extracting(IndexEntry::installable)
        .containsExactly(true);
  }

  @Test
  void read_unknownUpperCaseField_isNotInstallable() throws IOException {
    assertThat(read(RECORD + "X:later\n\n" + RECORD))
        .extracting(IndexEntry::installable)
        .containsExactly(false, true);
  }

  @Test
  void read_dependencyThatIsNone_isNotInstallable() throws IOException {
    assertThat(read(RECORD + "D:a=\n")).extracting(IndexEntry::installable).containsExactly(false);
  }

  @Test
  void read_longLineAndNoLineEnd_isAccepted() throws IOException {
    String provides = "so:lib".concat("x".repeat(93)).concat("=1 ").repeat(2000).strip();
    assertThat(read(RECORD + "p:" + provides).get(0).info().provides()).hasSize(2000);
  }

  @Test
  void read_versionOfApk3_isRead() throws IOException {
    assertThat(read(RECORD.replace("1-r0", "1.2~0af3-r0") + "\n" + RECORD))
        .extracting(entry -> entry.info().version())
        .containsExactly("1.2~0af3-r0", "1-r0");
  }

  @Test
  void read_emptyIndex_hasNoPackages() throws IOException {
    assertThat(read("")).isEmpty();
    assertThat(read("\n\n")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "V:1, the field V comes before the name",
    "P:other, stands twice",
    "C:" + "Q2x" + ", stands twice",
    "S:-1, out of range",
    "S:1e3, is not a number",
    "I:99999999999999999999, is not a number",
    "k:65536, out of range",
    "x, not of the form",
    ":, not of the form",
    "é:x, not of the form"
  })
  void read_badLine_isRefusedWithItsNumber(String line, String reason) throws IOException {
    String text = line.startsWith("V") ? line + "\n" + RECORD : RECORD + line + "\n";
    assertThatThrownBy(() -> read(text))
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failureCode()).isEqualTo(PackageCode.APK_FORMAT))
        .hasMessageContaining(reason)
        .hasMessageContaining("line " + (line.startsWith("V") ? 1 : 5));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "V:1.0-rc1-r0",
        "V:1/..",
        "A:armV7",
        "A:a/b",
        "k:-5",
        "p:a\np:b",
        "C:Q2AAAA",
        "P:../x",
        "x",
        "T:\ufffe"
      })
  void read_damagedRecord_costsThisPackageOnly(String line) throws IOException {
    byte[] bad = RECORD.replaceFirst("(?m)^" + line.charAt(0) + ":.*\n", "").getBytes(UTF_8);
    String text = RECORD + "\n" + new String(bad, UTF_8) + line + "\n\n" + RECORD;
    byte[] raw = text.getBytes(UTF_8);
    if (line.startsWith("T")) {
      // Not UTF-8.
      for (int i = 0; i < raw.length; i++) {
        raw[i] = raw[i] < 0 ? (byte) 0xff : raw[i];
      }
    }
    Path file = folder.resolve("APKINDEX.tar.gz");
    Files.write(file, index(new RawTar().file("APKINDEX", raw)).sign(signer).bytes());
    List<FailureException> unusable = new ArrayList<>();
    assertThat(IndexReader.read(file, TrustedKeys.of(signer), unusable::add)).hasSize(2);
    assertThat(unusable)
        .singleElement()
        .asString()
        .contains("Could not ", "APKINDEX.tar.gz, line ");
  }

  @Test
  void read_moreThanMemoryHolds_isRefused() {
    IndexLimits limits = IndexLimits.of(64 << 20);
    assertLimit("", RECORD + "\n", limits.records() + 1, limits);
    String all = RECORD + "D:" + "a ".repeat(1000).strip() + "\n\n";
    assertLimit("", all, limits.dependencies() / 1000 + 1, limits);
    StringBuilder different = new StringBuilder(RECORD + "D:");
    for (int i = 0; i <= limits.different(); i++) {
      different.append('a').append(i).append(' ');
    }
    assertLimit(different.toString(), "", 0, limits);
  }

  private static void assertLimit(String text, String repeated, int times, IndexLimits limits) {
    byte[] bytes = (text + repeated.repeat(times)).getBytes(UTF_8);
    assertThatThrownBy(() -> new IndexParser(bytes, "APKINDEX", limits, e -> {}).parse())
        .isInstanceOfSatisfying(
            FailureException.class, e -> assertThat(e.failureCode()).isEqualTo(PackageCode.LIMIT))
        .hasMessageContaining("MAVEN_OPTS=-Xmx1g");
  }

  /**
   * 16 384 names of one hash, beside as many of different ones: compared each with each, they would
   * take hundreds of times as much work, which is measured as processor time of this thread.
   */
  @Test
  void read_namesChosenToHaveOneHash_areReadLikeOthers() {
    byte[] chosen = names("Aa", "BB");
    byte[] others = names("Aa", "BC");
    long ours = Long.MAX_VALUE;
    long usual = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      usual = Math.min(usual, work(others));
      ours = Math.min(ours, work(chosen));
    }
    assertThat(ours).isLessThan(30 * usual);
  }

  private static byte[] names(String zero, String one) {
    StringBuilder names = new StringBuilder(RECORD + "D:");
    for (int i = 0; i < 1 << 14; i++) {
      for (int bit = 0; bit < 14; bit++) {
        names.append((i >> bit & 1) == 0 ? zero : one);
      }
      names.append(' ');
    }
    return names.append('\n').toString().getBytes(UTF_8);
  }

  private static long work(byte[] text) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    List<IndexEntry> read =
        new IndexParser(text, "APKINDEX", IndexLimits.of(1L << 30), e -> {}).parse();
    long work = threads.getCurrentThreadCpuTime() - start;
    assertThat(read.get(0).info().depends()).hasSize(1 << 14);
    return work;
  }

  @Test
  void read_identity_isComparedByItsBytes() throws IOException {
    assertThat(read(RECORD.replace("A=", "B=") + "\n" + RECORD))
        .extracting(IndexEntry::identity)
        .containsExactly(ID, ID);
  }

  @Test
  void read_indexThatIsALink_isRefused() throws IOException {
    assertRefused(
        index(new RawTar().link("APKINDEX", '2', "etc/passwd")).sign(signer).bytes(),
        PackageCode.APK_FORMAT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"C:", "P:", "V:"})
  void read_recordWithoutNameVersionOrChecksum_isRefused(String field) throws IOException {
    String rest =
        RECORD.lines().filter(line -> !line.startsWith(field)).reduce("", (a, b) -> a + b + "\n");
    assertRefused(rest, PackageCode.APK_FORMAT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Q1AAAA", "Q2" + "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "sha256:../..", "X1deadbeef"})
  void read_badIdentity_isRefused(String identity) throws IOException {
    assertRefused(RECORD.replace(ID, identity), PackageCode.APK_FORMAT);
  }

  @ParameterizedTest
  @CsvSource({
    "P:hello,P:../x",
    "A:x86_64,A:a/b",
    "V:1-r0,V:1/..",
    "P:hello,P:a b",
    "V:1-r0,V:1-r0~"
  })
  void read_badName_isRefused(String good, String bad) throws IOException {
    assertRefused(RECORD.replace(good, bad), PackageCode.BAD_NAME);
  }

  @Test
  void read_otherFilesInIt_areRefused() throws IOException {
    assertRefused(
        index(text(RECORD).file("APKINDEX", RECORD)).sign(signer).bytes(), PackageCode.APK_FORMAT);
    assertRefused(
        index(text(RECORD).file("other", "")).sign(signer).bytes(), PackageCode.APK_FORMAT);
    assertRefused(
        index(new RawTar().file("DESCRIPTION", "")).sign(signer).bytes(), PackageCode.APK_FORMAT);
  }

  @Test
  void read_moreAfterIt_isRefused() throws IOException {
    byte[] once = RawApk.gzip(text(RECORD).end());
    byte[] twice = Arrays.copyOf(once, 2 * once.length);
    System.arraycopy(once, 0, twice, once.length, once.length);
    // Even though the signature is over all of it.
    assertRefused(new RawApk().member(twice).sign(signer).bytes(), PackageCode.APK_FORMAT);
    assertRefused(index(text(RECORD)).sign(signer).member(once).bytes(), PackageCode.APK_SIGNATURE);
  }

  @Test
  void read_indexHiddenInTheSignaturePart_isRefused() throws IOException {
    RawApk apk = index(text(RECORD));
    apk.signedBy(new RawTar().file(".SIGN.RSA256.test.rsa.pub", "x").file("APKINDEX", "").cut());
    assertRefused(apk.bytes(), PackageCode.APK_FORMAT);
  }

  @Test
  void read_unsignedOrAltered_isRefused() throws IOException {
    assertRefused(index(text(RECORD)).bytes(), PackageCode.APK_SIGNATURE);
    byte[] signed = index(text(RECORD)).sign(signer).bytes();
    signed[signed.length - 1] ^= 1;
    assertRefused(signed, PackageCode.APK_SIGNATURE);
  }

  @Test
  void read_otherFormats_areNamed() {
    assertRefused(
        "ADB.schema.and.more".getBytes(StandardCharsets.US_ASCII), PackageCode.APK_V3_UNSUPPORTED);
    assertRefused(RECORD.getBytes(StandardCharsets.US_ASCII), PackageCode.APK_V3_UNSUPPORTED);
    assertRefused(
        new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, 0, 0, 0, 0, 0, 0},
        PackageCode.APK_V3_UNSUPPORTED);
  }

  @Test
  void read_signaturePartThatUnpacksToMuch_isRefused() throws IOException {
    assertRefused(new RawApk().member(RawApk.gzip(new byte[100 << 20])).bytes(), PackageCode.LIMIT);
  }
}
