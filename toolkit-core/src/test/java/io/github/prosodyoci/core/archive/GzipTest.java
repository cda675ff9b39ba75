package io.github.prosodyoci.core.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.archive.deflate.DeflateEncoder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.jar.JarFile;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GzipTest {

  private static final int PIECE = GzipStream.PIECE;

  /** Content of one kind: it begins anew with each run of equal bytes, words, noise or copies. */
  private static byte[] content(long seed, int length) {
    Random random = new Random(seed);
    byte[] content = new byte[length];
    int at = 0;
    while (at < length) {
      int end = Math.min(length, at + 1 + random.nextInt(random.nextBoolean() ? 40_000 : 300));
      switch (random.nextInt(5)) {
        case 0 -> Arrays.fill(content, at, end, (byte) random.nextInt());
        case 1 -> {
          for (int i = at; i < end; i++) {
            content[i] = (byte) random.nextInt();
          }
        }
        case 2 -> {
          for (int i = at; i < end; i++) {
            content[i] = (byte) ('a' + random.nextInt(1 + random.nextInt(20)));
          }
        }
        default -> {
          int from = at - Math.min(at, 1 + random.nextInt(40_000));
          for (int i = at; i < end; i++) {
            content[i] = at == 0 ? 7 : content[from + i - at];
          }
        }
      }
      at = end;
    }
    return content;
  }

  @Test
  void header_hasNoTimeNoNameAndNoSystem() throws IOException {
    byte[] member = compress("x".getBytes(StandardCharsets.UTF_8), 2);
    assertThat(member).startsWith(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);
  }

  /**
   * Fixes the encoding: a change here changes every digest. If it is meant, raise {@link
   * Encoding#version}, run {@code mvn verify -pl toolkit-core,image-assemble -Dtest=*Test#golden*},
   * and write down what it found.
   */
  @Test
  void golden_encodingIsTheSameForYears() throws IOException {
    byte[] text = "the same bytes, for years\n".repeat(5000).getBytes(StandardCharsets.UTF_8);
    assertThat(Encoding.version()).isEqualTo(3);
    assertThat(
            List.of(
                Digest.of(compress(new byte[0], 2)),
                Digest.of(compress(text, 2)),
                Digest.of(compress(content(1, 3 * PIECE + 1), 2)),
                Digest.of(store(content(2, PIECE + 1)))))
        .extracting(Digest::toString)
        .containsExactly(
            "sha256:ac73670af3abed54ac6fb4695131f4099be9fbe39d6076c5d0264a6bbdae9d83",
            "sha256:58c6c420e1b71d4f2d861bb744a9610cd11bae155f014845e1f28049865491af",
            "sha256:cd320d3c75d08d18879e9118d31ab21c9f8c7b6ff663a04d5e15b360f12b447e",
            "sha256:618b7d2597e69e5a716734917799844b26d39b2f2b6de1c73557ff7121b8574a");
  }

  @Property(tries = 500)
  void compress_givesBackWhatWentIn(@ForAll byte[] content) throws IOException {
    assertThat(decompress(compress(content, 1))).isEqualTo(content);
  }

  @Provide
  static Arbitrary<Integer> lengths() {
    Arbitrary<Integer> edges =
        Combinators.combine(
                Arbitraries.of(
                    0,
                    4,
                    512,
                    1 << 13,
                    DeflateEncoder.WINDOW,
                    PIECE - DeflateEncoder.WINDOW,
                    PIECE),
                Arbitraries.of(0, PIECE, 2 * PIECE),
                Arbitraries.integers().between(-4, 4))
            .as((edge, pieces, more) -> Math.max(0, edge + pieces + more));
    return Arbitraries.oneOf(edges, Arbitraries.integers().between(0, 4 * PIECE));
  }

  @Tag("slow")
  @Property(tries = 60)
  void compress_byAnyNumberOfThreadsAndInAnyPortions_givesTheSameBytes(
      @ForAll long seed,
      @ForAll("lengths") int length,
      @ForAll @IntRange(min = 2, max = 9) int threads)
      throws IOException {
    byte[] content = content(seed, length);
    byte[] member = compress(content, 1);
    assertThat(decompress(member)).isEqualTo(content);

    Random random = new Random(seed);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = Gzip.compress(out, threads)) {
      int at = 0;
      while (at < length) {
        int n = Math.min(length - at, random.nextInt(random.nextBoolean() ? 10 : PIECE + 10));
        if (n == 1) {
          gzip.write(content[at]);
        } else {
          gzip.write(content, at, n);
        }
        at += n;
      }
    }
    assertThat(out.toByteArray()).isEqualTo(member);
    assertThat(compress(content, threads)).isEqualTo(member);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_535, 65_536, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE})
  void gnuGzip_readsWhatWasWritten(int length, @TempDir Path folder) throws Exception {
    byte[] content = content(length, length);
    Path file = Files.write(folder.resolve("x.gz"), compress(content, 2));
    Path stored = Files.write(folder.resolve("y.gz"), store(content));
    Process gzip =
        new ProcessBuilder("gzip", "-dc", file.toString(), stored.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    byte[] found = gzip.getInputStream().readAllBytes();
    assertThat(gzip.waitFor()).isZero();
    assertThat(found).hasSize(2 * length).startsWith(content).endsWith(content);
  }

  /** What cannot be compressed is stored. */
  @Property(tries = 20)
  void compress_ofNoise_addsLessThanAThousandth(
      @ForAll long seed, @ForAll @IntRange(max = 3 * PIECE) int length) throws IOException {
    byte[] noise = new byte[length];
    new Random(seed).nextBytes(noise);
    byte[] member = compress(noise, 2);
    assertThat(member).hasSizeLessThanOrEqualTo(length + length / 1000 + 40);
    assertThat(decompress(member)).isEqualTo(noise);
  }

  /**
   * Returns the classes of a library, one after the other. They are what is most like the programs
   * of an image and yet the same on every machine, as the parent POM pins the library's version.
   */
  private static byte[] programs(int length) throws Exception {
    Path library =
        Path.of(Assertions.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    ByteArrayOutputStream programs = new ByteArrayOutputStream();
    try (JarFile jar = new JarFile(library.toFile())) {
      for (String name :
          jar.stream()
              .map(ZipEntry::getName)
              .filter(name -> name.endsWith(".class"))
              .sorted()
              .toList()) {
        try (InputStream in = jar.getInputStream(jar.getEntry(name))) {
          in.transferTo(programs);
        }
      }
    }
    assertThat(programs.size()).isGreaterThan(length);
    return Arrays.copyOf(programs.toByteArray(), length);
  }

  @ParameterizedTest
  @ValueSource(ints = {200_000, 3_700_000})
  void compress_ofPrograms_isNoLongerThanByGnuGzipAtItsBest(int length, @TempDir Path folder)
      throws Exception {
    byte[] content = programs(length);
    Path file = Files.write(folder.resolve("programs"), content);
    Process gzip =
        new ProcessBuilder("gzip", "-9nc", file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    int best = gzip.getInputStream().readAllBytes().length;
    assertThat(gzip.waitFor()).isZero();
    assertThat(compress(content, 2)).hasSizeLessThanOrEqualTo(best);
  }

  @Property(tries = 200)
  void store_isAsLongForAnyContentOfTheSameLength(@ForAll byte[] content) throws IOException {
    byte[] member = store(content);
    assertThat(member).hasSameSizeAs(store(new byte[content.length]));
    assertThat(decompress(member)).isEqualTo(content);
  }

  @Test
  void outputThatFails_failsTheStreamAndEndsItsThreads() {
    OutputStream out =
        new OutputStream() {
          private int left = PIECE;

          @Override
          public void write(int b) throws IOException {
            left--;
            if (left < 0) {
              throw new IOException("No space left on device");
            }
          }
        };
    byte[] noise = new byte[10 * PIECE];
    new Random(1).nextBytes(noise);
    assertThatThrownBy(
            () -> {
              try (OutputStream gzip = Gzip.compress(out, 2)) {
                gzip.write(noise);
              }
            })
        .hasMessage("No space left on device")
        .hasNoSuppressedExceptions();
    assertThat(compressing()).isEmpty();
  }

  @Test
  void interrupt_stopsTheStreamAndStaysKnown() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> compress(new byte[10 * PIECE], 2))
        .isInstanceOf(InterruptedIOException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(compressing()).isEmpty();
  }

  @Test
  void write_afterClose_isRefused() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OutputStream gzip = Gzip.compress(out);
    gzip.close();
    assertThatThrownBy(() -> gzip.write(1)).hasMessageContaining("closed");
    int size = out.size();
    gzip.close();
    assertThat(out.size()).isEqualTo(size);
  }

  /** Hash chains do not grow without end: each byte is compared with a few others only. */
  @Test
  @Timeout(20)
  void compress_ofWhatMatchesEverywhere_takesNoLonger() throws IOException {
    byte[] content = new byte[16 << 20];
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) (i % 5 == 0 ? i >> 8 : 0);
    }
    assertThat(decompress(compress(content, 2))).isEqualTo(content);
  }

  /** Returns the threads that compress; those that were told to end are given a moment. */
  private static List<Thread> compressing() {
    List<Thread> threads =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().equals("gzip"))
            .toList();
    try {
      for (Thread thread : threads) {
        thread.join(10_000);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return threads.stream().filter(Thread::isAlive).toList();
  }

  private static byte[] decompress(byte[] member) throws IOException {
    return new GZIPInputStream(new ByteArrayInputStream(member)).readAllBytes();
  }

  private static byte[] compress(byte[] content, int threads) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = Gzip.compress(out, threads)) {
      gzip.write(content);
    }
    return out.toByteArray();
  }

  private static byte[] store(byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = Gzip.store(out)) {
      gzip.write(content);
    }
    return out.toByteArray();
  }
}
