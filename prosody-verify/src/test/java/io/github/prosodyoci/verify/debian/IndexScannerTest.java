package io.github.prosodyoci.verify.debian;

import static io.github.prosodyoci.verify.openpgp.SignatureSyntaxTest.code;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.verify.VerifyCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IndexScannerTest {

  private static final String ONE = "1".repeat(64);
  private static final String TWO = "2".repeat(64);
  private static final Origin.Debian LUA = new Origin.Debian("lua5.4", "lua5.4_5.4.7.orig.tar.gz");
  private static final Origin.Debian HEADERS =
      new Origin.Debian("linux", "linux-libc-dev_6.1_amd64.deb");

  private static String sources(String name, String file, String sha256) {
    return "Package: "
        + name
        + "\nFormat: 3.0 (quilt)\nFiles:\n 0123 5 "
        + file
        + "\nChecksums-Sha256:\n "
        + sha256
        + " 5 "
        + file
        + "\n "
        + TWO
        + " 9 other.dsc\nDirectory: pool/main/l/"
        + name
        + "\n\n";
  }

  private static String packages(String name, String source, String path, String sha256) {
    return "Package: "
        + name
        + source
        + "\nVersion: 6.1\nFilename: "
        + path
        + "\nSHA256: "
        + sha256
        + "\n\n";
  }

  private static Map<Origin.Debian, Digest> scan(String index, Origin.Debian wanted) {
    // Gives few bytes at a time, so that lines lie across buffers.
    InputStream slow =
        new ByteArrayInputStream(index.getBytes(StandardCharsets.UTF_8)) {
          @Override
          public synchronized int read(byte[] buffer, int offset, int length) {
            return super.read(buffer, offset, Math.min(length, 7));
          }
        };
    try {
      return IndexScanner.scan(slow, Set.of(wanted), wanted.file().endsWith(".deb"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void scan_sources_findsTheFileOfThePackage() {
    String index =
        sources("aaa", LUA.file(), TWO)
            + sources("lua5.4", LUA.file(), ONE)
            + sources("lua5.4", "lua5.4_5.4.6.orig.tar.gz", TWO)
            + sources("zzz", "z", TWO);

    assertThat(scan(index, LUA)).containsExactly(Map.entry(LUA, new Digest(ONE)));
    assertThat(scan(index.stripTrailing(), LUA)).hasSize(1);
    assertThat(scan(sources("lua5.4", LUA.file(), ONE).stripTrailing(), LUA)).hasSize(1);
  }

  @Test
  void scan_fileNotListed_findsNothing() {
    assertThat(scan("", LUA)).isEmpty();
    assertThat(scan(sources("lua5.4", "other", ONE), LUA)).isEmpty();
    assertThat(scan(sources("lua5.3", LUA.file(), ONE), LUA)).isEmpty();
  }

  @Test
  void scan_onlyInMd5Section_findsNothing() {
    String index =
        sources("lua5.4", "x", ONE).replace(" 5 x\nCheck", " 5 " + LUA.file() + "\nCheck");

    assertThat(scan(index, LUA)).isEmpty();
  }

  @Test
  void scan_twoDigests_isRefused() {
    String index = sources("lua5.4", LUA.file(), ONE);

    assertThat(scan(index + index, LUA)).hasSize(1);
    assertThat(code(() -> scan(index + sources("lua5.4", LUA.file(), TWO), LUA)))
        .isEqualTo(VerifyCode.INDEX_CHAIN);
  }

  @Test
  void scan_fieldGivenTwiceOrBadDigest_isRefused() {
    String index = sources("lua5.4", LUA.file(), ONE).stripTrailing();

    assertThat(code(() -> scan(index + "\nChecksums-Sha256:\n " + TWO + " 5 x\n", LUA)))
        .isEqualTo(VerifyCode.INDEX_CHAIN);
    assertThat(code(() -> scan(sources("lua5.4", LUA.file(), "1234"), LUA)))
        .isEqualTo(VerifyCode.INDEX_CHAIN);
  }

  @Test
  void scan_packages_findsTheFileOfTheSourcePackage() {
    String path = "pool/main/l/linux/" + HEADERS.file();
    String index =
        packages("linux-libc-dev", "\nSource: linux (6.1-1)", path, ONE)
            + packages("linux-libc-dev", "\nSource: other", path, TWO);

    assertThat(scan(index, HEADERS)).containsExactly(Map.entry(HEADERS, new Digest(ONE)));
    assertThat(scan(packages("linux", "", path, ONE), HEADERS)).hasSize(1);
    assertThat(scan(packages("linux-libc-dev", "", path, ONE), HEADERS)).isEmpty();
  }
}
