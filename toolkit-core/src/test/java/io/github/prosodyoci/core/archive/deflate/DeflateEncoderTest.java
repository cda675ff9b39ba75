package io.github.prosodyoci.core.archive.deflate;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.Digest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeflateEncoderTest {

  private static final int WINDOW = DeflateEncoder.WINDOW;

  /** Content of a few letters, of which the first are the most frequent. */
  private static byte[] text(long seed, int length) {
    Random random = new Random(seed);
    byte[] text = new byte[length];
    for (int i = 0; i < length; i++) {
      text[i] = (byte) ('a' + random.nextInt(1 + random.nextInt(26)));
    }
    return text;
  }

  private static byte[] noise(long seed, int length) {
    byte[] noise = new byte[length];
    new Random(seed).nextBytes(noise);
    return noise;
  }

  /** The same noise again and again, so that matches reach back by one distance alone. */
  private static byte[] period(int distance, int length) {
    byte[] noise = noise(distance, distance);
    byte[] period = new byte[length];
    for (int i = 0; i < length; i++) {
      period[i] = noise[i % distance];
    }
    return period;
  }

  @Property(tries = 300)
  void pieces_ofAnyLengths_inflateToTheContent(
      @ForAll long seed,
      @ForAll @IntRange(max = 5000) int length,
      @ForAll @Size(max = 4) List<@IntRange(max = 5000) Integer> cuts)
      throws DataFormatException {
    byte[] content = seed % 3 == 0 ? noise(seed, length) : text(seed, length);
    if (seed % 2 == 0) {
      Arrays.fill(content, length / 3, length / 2, (byte) 0);
    }
    int[] sorted = cuts.stream().mapToInt(cut -> Math.min(cut, length)).sorted().toArray();
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    int start = 0;
    for (int cut : sorted) {
      stream.writeBytes(DeflateEncoder.deflate(content, start, cut, false));
      start = cut;
    }
    stream.writeBytes(DeflateEncoder.deflate(content, start, length, true));
    assertThat(inflate(stream.toByteArray(), length)).isEqualTo(content);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {0, 1, 2, 3, 4, 5, 257, 258, 259, WINDOW - 1, WINDOW, WINDOW + 1, 65_535, 65_536})
  void edgesOfLength_inflateToTheContent(int length) throws DataFormatException {
    for (byte[] content : List.of(new byte[length], noise(length, length), text(length, length))) {
      assertThat(inflate(DeflateEncoder.deflate(content, 0, length, true), length))
          .isEqualTo(content);
      assertThat(inflate(DeflateEncoder.store(content, 0, length, true), length))
          .isEqualTo(content);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 192, 193, 255, 256, 257, 24_577, WINDOW - 1, WINDOW})
  void distances_upToTheWindow_areFound(int distance) throws DataFormatException {
    byte[] content = period(distance, 2 * WINDOW);
    byte[] stream = DeflateEncoder.deflate(content, 0, content.length, true);
    assertThat(inflate(stream, content.length)).isEqualTo(content);
    assertThat(stream).hasSizeLessThan(distance + distance / 500 + 1000);
  }

  @Test
  void distanceBeyondTheWindow_isNotUsed() throws DataFormatException {
    byte[] content = period(WINDOW + 1, 2 * WINDOW);
    byte[] stream = DeflateEncoder.deflate(content, 0, content.length, true);
    assertThat(inflate(stream, content.length)).isEqualTo(content);
    assertThat(stream).hasSizeGreaterThan(content.length - 1000);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 10, 11, 18, 19, 130, 131, 227, 256, 257, 258})
  void lengths_ofAllKinds_inflateToTheContent(int length) throws DataFormatException {
    byte[] phrase = noise(1, length);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (int i = 0; i < 300; i++) {
      content.writeBytes(phrase);
      content.write(noise(i, 2), 0, 2);
    }
    byte[] all = content.toByteArray();
    byte[] stream = DeflateEncoder.deflate(all, 0, all.length, true);
    assertThat(inflate(stream, all.length)).isEqualTo(all);
    assertThat(stream).hasSizeLessThan(all.length);
  }

  @Test
  void piece_refersToTheOneBefore() throws DataFormatException {
    byte[] content = period(WINDOW, 2 * WINDOW);
    byte[] first = DeflateEncoder.deflate(content, 0, WINDOW, false);
    byte[] second = DeflateEncoder.deflate(content, WINDOW, 2 * WINDOW, true);
    assertThat(second).hasSizeLessThan(500);
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    stream.writeBytes(first);
    stream.writeBytes(second);
    assertThat(inflate(stream.toByteArray(), content.length)).isEqualTo(content);
  }

  @Test
  void bytesBeyondTheWindowAndAfterTheEnd_doNotCount() {
    byte[] content = text(5, 4 * WINDOW);
    byte[] piece = DeflateEncoder.deflate(content, 2 * WINDOW, 3 * WINDOW, true);
    Arrays.fill(content, 0, WINDOW, (byte) 0);
    Arrays.fill(content, 3 * WINDOW, 4 * WINDOW, (byte) 0);
    assertThat(DeflateEncoder.deflate(content, 2 * WINDOW, 3 * WINDOW, true)).isEqualTo(piece);
  }

  /** Two kinds of content have a code each: together they would be longer by a tenth. */
  @Test
  void blocks_endWhereTheContentChanges() {
    byte[] text = text(1, 30_000);
    byte[] other = text(2, 30_000);
    for (int i = 0; i < other.length; i++) {
      other[i] += 100;
    }
    byte[] both = Arrays.copyOf(text, 60_000);
    System.arraycopy(other, 0, both, 30_000, 30_000);
    int apart =
        DeflateEncoder.deflate(text, 0, 30_000, true).length
            + DeflateEncoder.deflate(other, 0, 30_000, true).length;
    assertThat(DeflateEncoder.deflate(both, 0, 60_000, true)).hasSizeLessThan(apart + apart / 50);
  }

  /** See {@code GzipTest}: a change here changes every digest. */
  @Test
  void golden_encodingIsTheSameForYears() {
    byte[] phrase = "the same bytes, for years\n".getBytes(StandardCharsets.UTF_8);
    assertThat(
            List.of(
                DeflateEncoder.deflate(phrase, 0, phrase.length, true),
                DeflateEncoder.deflate(text(1, 200_000), 0, 200_000, true),
                DeflateEncoder.deflate(text(2, 200_000), 100_000, 200_000, false),
                DeflateEncoder.deflate(period(777, 70_000), 0, 70_000, true),
                DeflateEncoder.deflate(noise(3, 70_000), 0, 70_000, false),
                DeflateEncoder.store(noise(3, 70_000), 0, 70_000, false)))
        .extracting(bytes -> Digest.of(bytes).hex().substring(0, 16))
        .containsExactly(
            "92dca25f73c04bb1",
            "679781dd5f697bf5",
            "dfdf1abdd85d5ae9",
            "f24e6c1db648d12c",
            "8782108f56958217",
            "44cc74aabf2fc679");
  }

  private static byte[] inflate(byte[] stream, int length) throws DataFormatException {
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(stream);
      byte[] content = new byte[length + 1];
      int size = 0;
      while (!inflater.finished()) {
        int n = inflater.inflate(content, size, content.length - size);
        assertThat(n > 0 || inflater.finished()).as("the stream goes on").isTrue();
        size += n;
      }
      assertThat(inflater.getRemaining()).isZero();
      return Arrays.copyOf(content, size);
    } finally {
      inflater.end();
    }
  }
}
