package io.github.prosodyoci.archive.deflate;

import java.util.Arrays;

/** The literals and matches that share two Huffman codes: what RFC 1951 calls a block. */
final class DeflateTokens {

  private static final int MAX_TOKENS = 1 << 15;
  private static final int MAX_BITS = 15;

  private static final int END_OF_BLOCK = 256;
  private static final int LITERALS_AND_LENGTHS = 286;
  private static final int DISTANCES = 30;

  // RFC 1951, 3.2.5: what each code of a length or distance begins with, and its extra bits.
  private static final int[] LENGTH_BASE = {
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
    163, 195, 227, 258
  };
  private static final int[] LENGTH_EXTRA = {
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0
  };
  private static final byte[] LENGTH_CODE = lengthCodes();

  /**
   * The code of a distance up to 256, at its place; above them that of one from 257 on, by 128s.
   */
  private static final byte[] DISTANCE_CODE = distanceCodes();

  // RFC 1951, 3.2.6.
  private static final HuffmanCode FIXED_LITERALS = fixedLiterals();
  private static final HuffmanCode FIXED_DISTANCES = fixedDistances();

  private static final int STORED = 0;
  private static final int FIXED = 1;
  private static final int DYNAMIC = 2;
  private static final int MAX_STORED = 65535;

  private final int[] tokens = new int[MAX_TOKENS];
  private final int[] literalCounts = new int[LITERALS_AND_LENGTHS];
  private final int[] distanceCounts = new int[DISTANCES];
  private final TokenMix mix = new TokenMix();
  private int count;

  void addLiteral(int value) {
    tokens[count++] = value;
    literalCounts[value]++;
    mix.addLiteral(value);
  }

  /** Adds a match of {@code length} bytes with those {@code distance} bytes before. */
  void addMatch(int length, int distance) {
    tokens[count++] = (length << 16) | distance;
    literalCounts[lengthSymbol(length)]++;
    distanceCounts[distanceSymbol(distance)]++;
    mix.addMatch(length);
  }

  /**
   * Returns whether it is better to end the block after them.
   *
   * @param length how many bytes of content the tokens stand for
   */
  boolean areComplete(int length) {
    return count == MAX_TOKENS || mix.hasChanged(length);
  }

  /**
   * Writes the block in the form that takes the fewest bits, and empties it.
   *
   * @param content what the tokens stand for, from {@code start} to {@code end}
   * @param last whether it is the stream's last
   */
  void write(byte[] content, int start, int end, boolean last, BitWriter out) {
    literalCounts[END_OF_BLOCK] = 1;
    HuffmanCode literals = HuffmanCode.of(literalCounts, MAX_BITS);
    HuffmanCode distances = HuffmanCode.of(distanceCounts, MAX_BITS);
    DeflateHeader header = new DeflateHeader(literals, distances);
    int extra = extraBits();
    int dynamicBits = header.cost() + cost(literals, distances) + extra;
    int fixedBits = cost(FIXED_LITERALS, FIXED_DISTANCES) + extra;
    if (storedBits(end - start) <= Math.min(dynamicBits, fixedBits)) {
      store(content, start, end, last, out);
    } else if (fixedBits <= dynamicBits) {
      begin(FIXED, last, out);
      writeTokens(FIXED_LITERALS, FIXED_DISTANCES, out);
    } else {
      begin(DYNAMIC, last, out);
      header.write(out);
      writeTokens(literals, distances, out);
    }
    count = 0;
    Arrays.fill(literalCounts, 0);
    Arrays.fill(distanceCounts, 0);
    mix.clear();
  }

  /** Writes content as it is; with none it is the marker that ends a part at a whole byte. */
  static void store(byte[] content, int start, int end, boolean last, BitWriter out) {
    int at = start;
    do {
      int length = Math.min(end - at, MAX_STORED);
      begin(STORED, last && at + length == end, out);
      out.align();
      out.add(length | (~length << 16), 32);
      out.align();
      out.add(content, at, length);
      at += length;
    } while (at < end);
  }

  /** Returns at least as many bits as {@link #store} takes. */
  private static long storedBits(int length) {
    int blocks = Math.max(1, (length + MAX_STORED - 1) / MAX_STORED);
    return 8L * length + 42L * blocks;
  }

  private static void begin(int form, boolean last, BitWriter out) {
    out.add((last ? 1 : 0) | (form << 1), 3);
  }

  private int cost(HuffmanCode literals, HuffmanCode distances) {
    return literals.cost(literalCounts) + distances.cost(distanceCounts);
  }

  private int extraBits() {
    int bits = 0;
    for (int i = 0; i < LENGTH_EXTRA.length; i++) {
      bits += literalCounts[END_OF_BLOCK + 1 + i] * LENGTH_EXTRA[i];
    }
    for (int i = 0; i < DISTANCES; i++) {
      bits += distanceCounts[i] * distanceExtra(i);
    }
    return bits;
  }

  private void writeTokens(HuffmanCode literals, HuffmanCode distances, BitWriter out) {
    for (int i = 0; i < count; i++) {
      int token = tokens[i];
      int length = token >>> 16;
      if (length == 0) {
        literals.write(token, out);
      } else {
        int symbol = lengthSymbol(length);
        literals.write(symbol, out);
        int index = symbol - END_OF_BLOCK - 1;
        out.add(length - LENGTH_BASE[index], LENGTH_EXTRA[index]);
        int distance = token & 0xffff;
        int code = distanceSymbol(distance);
        distances.write(code, out);
        out.add(distance - distanceBase(code), distanceExtra(code));
      }
    }
    literals.write(END_OF_BLOCK, out);
  }

  private static int lengthSymbol(int length) {
    return END_OF_BLOCK + 1 + LENGTH_CODE[length];
  }

  private static int distanceSymbol(int distance) {
    int index = distance - 1;
    return DISTANCE_CODE[index < 256 ? index : 256 + (index >>> 7)];
  }

  private static int distanceExtra(int code) {
    return Math.max(0, code / 2 - 1);
  }

  private static int distanceBase(int code) {
    return code < 4 ? code + 1 : 1 + ((2 + (code & 1)) << distanceExtra(code));
  }

  private static byte[] lengthCodes() {
    byte[] codes = new byte[259];
    for (int code = 0; code < LENGTH_BASE.length; code++) {
      Arrays.fill(codes, LENGTH_BASE[code], codes.length, (byte) code);
    }
    return codes;
  }

  private static byte[] distanceCodes() {
    byte[] codes = new byte[512];
    for (int code = 0; code < DISTANCES; code++) {
      int index = distanceBase(code) - 1;
      Arrays.fill(codes, Math.min(index, 256), 256, (byte) code);
      Arrays.fill(codes, 256 + (index >>> 7), codes.length, (byte) code);
    }
    return codes;
  }

  private static HuffmanCode fixedLiterals() {
    byte[] lengths = new byte[288];
    Arrays.fill(lengths, (byte) 8);
    Arrays.fill(lengths, 144, 256, (byte) 9);
    Arrays.fill(lengths, 256, 280, (byte) 7);
    return new HuffmanCode(lengths);
  }

  private static HuffmanCode fixedDistances() {
    byte[] lengths = new byte[DISTANCES];
    Arrays.fill(lengths, (byte) 5);
    return new HuffmanCode(lengths);
  }
}
