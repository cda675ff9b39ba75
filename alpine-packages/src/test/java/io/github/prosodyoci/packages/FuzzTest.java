package io.github.prosodyoci.packages;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Version;
import io.github.prosodyoci.core.archive.RawTar;
import io.github.prosodyoci.core.archive.TarReader;
import io.github.prosodyoci.packages.apk.Apk;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.RawApk;
import io.github.prosodyoci.packages.apk.Signer;
import io.github.prosodyoci.packages.apk.TrustedKeys;
import io.github.prosodyoci.packages.index.IndexReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Feeds the readers with damaged input: they must answer or refuse, and refuse with nothing but
 * {@link FailureException}. For longer: {@code -Dprosodyoci.fuzz.seconds=60} for each target,
 * {@code -Dprosodyoci.fuzz.seed=} for other input than always.
 */
@Tag("slow")
class FuzzTest {

  private static final int ROUNDS = 600;

  /** How long each target is tried at least, {@code -Dprosodyoci.fuzz.seconds=60} for longer. */
  private static final Duration TIME =
      Duration.ofSeconds(Integer.getInteger("prosodyoci.fuzz.seconds", 0));

  private static final String INDEX =
      """
      C:Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA=
      P:hello
      V:1.2.3_rc1-r0
      A:x86_64
      S:123
      I:456
      T:Says hello
      U:https://example.org/
      L:MIT
      o:hello
      m:A B <a@example.org>
      t:1700000000
      c:0123456789abcdef
      k:10
      D:so:libc.musl-x86_64.so.1 !other<1 a>=2
      p:cmd:hello=1.2.3-r0 greeting
      i:base docs=1

      """;

  @TempDir Path folder;
  private final Random random = new Random(Long.getLong("prosodyoci.fuzz.seed", 20231124));
  private final long start = System.nanoTime();
  private int accepted;
  private int refused;

  private boolean goesOn(int round, int rounds) {
    return round < rounds || System.nanoTime() - start < TIME.toNanos();
  }

  /** Something that reads bytes. */
  private interface Target {
    void read(byte[] bytes) throws IOException;
  }

  private void fuzz(byte[] seed, int rounds, Target target) throws IOException {
    target.read(seed);
    for (int i = 0; goesOn(i, rounds); i++) {
      byte[] bytes = mutate(seed);
      try {
        target.read(bytes);
        accepted++;
      } catch (FailureException e) {
        refused++;
        assertThat(e.getMessage()).startsWith("Could not ").hasSizeLessThan(2000);
        assertThat(e.getMessage().chars()).noneMatch(c -> c < ' ');
      }
    }
    assertThat(refused).isPositive();
  }

  private byte[] mutate(byte[] seed) {
    byte[] bytes = seed.clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(8)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt(256);
        case 2 -> bytes[at] = (byte) "0123456789=:\n -/.<>~!@_\0\377".charAt(random.nextInt(25));
        case 3 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
        case 4 -> bytes = splice(bytes, at, random.nextInt(bytes.length), random.nextInt(600));
        case 5 -> {
          int length = Math.min(random.nextInt(16), bytes.length - at);
          Arrays.fill(bytes, at, at + length, (byte) (random.nextBoolean() ? 0xff : '7'));
        }
        case 6 -> bytes = cut(bytes, at, random.nextInt(20));
        default -> bytes = cut(bytes, at & ~511, 512);
      }
    }
    return bytes;
  }

  private static byte[] splice(byte[] bytes, int at, int from, int length) {
    int count = Math.min(length, bytes.length - from);
    byte[] out = Arrays.copyOf(bytes, bytes.length + count);
    System.arraycopy(bytes, at, out, at + count, bytes.length - at);
    System.arraycopy(bytes, from, out, at, count);
    return out;
  }

  private static byte[] cut(byte[] bytes, int at, int length) {
    int end = Math.min(bytes.length, at + length);
    byte[] out = Arrays.copyOf(bytes, Math.max(1, bytes.length - (end - at)));
    System.arraycopy(bytes, end, out, at, Math.min(bytes.length - end, out.length - at));
    return out;
  }

  @Test
  void tarReader() throws IOException {
    fuzz(
        RawTar.sample(),
        ROUNDS,
        bytes -> {
          TarReader reader =
              new TarReader(new ByteArrayInputStream(bytes), "t", TarReader.Dialect.ARCHIVE);
          while (reader.next() != null) {
            reader.content().readAllBytes();
          }
        });
    assertThat(accepted).isPositive();
  }

  @Test
  void apk_compressedBytes() throws IOException {
    Path file = folder.resolve("x.apk");
    fuzz(
        RawApk.of(RawTar.sample()).bytes(),
        ROUNDS,
        bytes -> {
          Files.write(file, bytes);
          Apk.read(file).verify();
        });
  }

  @Test
  void apk_files() throws IOException {
    Path file = folder.resolve("x.apk");
    fuzz(
        RawTar.sample(),
        ROUNDS,
        bytes -> {
          Files.write(file, RawApk.of(bytes).bytes());
          Apk.read(file).verify();
        });
  }

  @Test
  void apk_controlPart() throws IOException {
    Path file = folder.resolve("x.apk");
    byte[] data = RawApk.gzip(RawTar.sample());
    fuzz(
        RawApk.sampleControl(data),
        ROUNDS,
        bytes -> {
          Files.write(file, new RawApk().member(RawApk.gzip(bytes)).member(data).bytes());
          Apk.read(file);
        });
    assertThat(accepted).isPositive();
  }

  @Test
  void signaturePart() throws IOException {
    Signer signer = Signer.generate("k.rsa.pub", 2048);
    Path file = folder.resolve("x.apk");
    byte[] whole = RawApk.of(RawTar.sample()).bytes();
    byte[] seed = new RawTar().file(".SIGN.RSA256.k.rsa.pub", new byte[256]).cut();
    TrustedKeys keys = TrustedKeys.of(signer);
    for (int i = 0; goesOn(i, ROUNDS); i++) {
      Files.write(file, new RawApk().member(RawApk.gzip(mutate(seed))).member(whole).bytes());
      try {
        Apk.read(file, keys);
        throw new AssertionError("A signature of zeros was accepted");
      } catch (FailureException e) {
        assertThat(e.getMessage()).startsWith("Could not ");
      }
    }
  }

  @Test
  void index() throws IOException {
    Signer signer = Signer.generate("k.rsa.pub", 2048);
    TrustedKeys keys = TrustedKeys.of(signer);
    Path file = folder.resolve("APKINDEX.tar.gz");
    fuzz(
        INDEX.repeat(2).getBytes(StandardCharsets.UTF_8),
        ROUNDS / 10,
        bytes -> {
          RawTar tar = new RawTar().file("DESCRIPTION", "x").file("APKINDEX", bytes);
          Files.write(file, new RawApk().member(RawApk.gzip(tar.end())).sign(signer).bytes());
          IndexReader.read(file, keys);
        });
    assertThat(accepted).isPositive();
  }

  @Test
  void versionsAndDependencies() throws IOException {
    fuzz(
        "!name@tag>=1.2.3a_alpha4_p5-r6".getBytes(StandardCharsets.UTF_8),
        ROUNDS * 10,
        bytes -> {
          String text = new String(bytes, StandardCharsets.UTF_8);
          String other = new String(mutate(bytes), StandardCharsets.UTF_8);
          Version.isValid(text);
          int order = new Version(text).compareTo(new Version(other));
          assertThat(Integer.signum(new Version(other).compareTo(new Version(text))))
              .isEqualTo(-Integer.signum(order));
          assertThat(Dependency.parse(Dependency.parse(text).toString()))
              .isEqualTo(Dependency.parse(text));
        });
  }
}
